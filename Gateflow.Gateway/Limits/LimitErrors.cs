using System.Globalization;
using Gateflow.Core;
using Gateflow.Core.Limits;
using Gateflow.Gateway.Errors;

namespace Gateflow.Gateway.Limits;

/// <summary>What a caller is told that ran into a limit of its own key: which one, how long to wait, whom to ask.</summary>
internal static class LimitErrors
{
    public static GatewayError Of(KeyLimits limits, in LimitReading reading)
    {
        var wait = $"wait {reading.RetryAfter.ToString(CultureInfo.InvariantCulture)} s (Retry-After)";
        var message = reading.Exceeded switch
        {
            LimitKind.Rpm => string.Create(CultureInfo.InvariantCulture, $"This key may send {limits.Rpm} requests a minute and has sent them: {wait} or spread the requests."),
            LimitKind.Tpm => string.Create(CultureInfo.InvariantCulture,
                $"This key may use {limits.Tpm} tokens a minute, of which {reading.TokensLeft} are left, too few for this request: {wait}, send shorter prompts or set max_tokens."),
            LimitKind.DailyRequests => string.Create(CultureInfo.InvariantCulture, $"This key may send {limits.DailyRequests} requests a day and has sent them: {wait} until the day ends (UTC)."),
            _ => string.Create(CultureInfo.InvariantCulture, $"This key may spend {limits.MonthlyCostUsd} USD a month and has spent it: {wait} until the month ends (UTC)."),
        };
        return new GatewayError(
            429, "rate_limit_error", reading.Exceeded == LimitKind.MonthlyCostUsd ? "quota_exceeded" : "rate_limit_exceeded",
            $"{message} An administrator can raise rate_limits.{Wire.Name(reading.Exceeded)} of the key.", Wire.Name(reading.Exceeded));
    }
}

using System.Globalization;
using Gateflow.Core.Limits;
using Microsoft.AspNetCore.Http;

namespace Gateflow.Gateway.Limits;

/// <summary>
/// Both styles of rate-limit headers. One family a limit, resets in seconds until it is wholly free: <c>X-RateLimit-Limit-Requests</c>,
/// <c>-Remaining-Requests</c>, <c>-Reset-Requests</c>, and so on. And the short ones, <c>X-RateLimit-Limit</c>, <c>-Remaining</c>, <c>-Reset</c> (seconds
/// since 1970), for the limit that refused, else for the first that the key has.
/// </summary>
internal static class LimitHeaders
{
    private static readonly string[] Requests = Names("-Requests");
    private static readonly string[] Tokens = Names("-Tokens");
    private static readonly string[] DailyRequests = Names("-Daily-Requests");
    private static readonly string[] MonthlyCost = Names("-Monthly-Cost-Usd");
    private static readonly string[] Short = Names("");

    public static void Write(IHeaderDictionary headers, KeyLimits limits, in LimitReading reading, DateTimeOffset at)
    {
        var shown = reading.Exceeded != LimitKind.None ? reading.Exceeded
            : limits.Rpm is not null ? LimitKind.Rpm
            : limits.Tpm is not null ? LimitKind.Tpm
            : limits.DailyRequests is not null ? LimitKind.DailyRequests
            : LimitKind.MonthlyCostUsd;
        var now = at.ToUnixTimeSeconds();
        Family(LimitKind.Rpm, Requests, limits.Rpm, reading.RequestsLeft, reading.RequestsReset, reading);
        Family(LimitKind.Tpm, Tokens, limits.Tpm, reading.TokensLeft, reading.TokensReset, reading);
        Family(LimitKind.DailyRequests, DailyRequests, limits.DailyRequests, reading.DailyLeft, reading.DailyReset, reading);
        Family(LimitKind.MonthlyCostUsd, MonthlyCost, limits.MonthlyCostUsd, reading.CostLeft, reading.CostReset, reading);
        if (reading.Exceeded != LimitKind.None)
        {
            headers.RetryAfter = Text(reading.RetryAfter);
        }

        if (reading.Exceeded is LimitKind.DailyRequests or LimitKind.MonthlyCostUsd)
        {
            headers["x-should-retry"] = "false"; // OpenAI's and Anthropic's clients would ask again at once
        }

        void Family(LimitKind kind, string[] names, decimal? limit, decimal left, int reset, in LimitReading reading)
        {
            if (limit is not { } most)
            {
                return;
            }

            Triple(names, Text(most), Text(left), Text(reset));
            if (kind == shown)
            {
                Triple(Short, Text(most), Text(left), Text(now + (reading.Exceeded == kind ? reading.RetryAfter : reset)));
            }
        }

        void Triple(string[] names, string limit, string left, string reset)
        {
            headers[names[0]] = limit;
            headers[names[1]] = left;
            headers[names[2]] = reset;
        }
    }

    private static string Text(decimal value) => value.ToString("0.######", CultureInfo.InvariantCulture);

    private static string[] Names(string suffix) => [$"X-RateLimit-Limit{suffix}", $"X-RateLimit-Remaining{suffix}", $"X-RateLimit-Reset{suffix}"];
}

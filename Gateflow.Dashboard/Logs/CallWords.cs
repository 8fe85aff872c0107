using System.Globalization;
using Gateflow.Core.Rollout;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Parts;

namespace Gateflow.Dashboard.Logs;

/// <summary>The provider calls of a request in words and places.</summary>
public static class CallWords
{
    /// <summary>What came of a call, and when it began.</summary>
    public static string Told(CallTrace call)
    {
        var what = call.Result switch
        {
            AttemptResult.Ok => "answered",
            AttemptResult.BadRequest => "refused the request",
            AttemptResult.Unauthorized => "refused the provider's key",
            AttemptResult.ModelNotFound => "has no such model",
            AttemptResult.RateLimited => call.WasAsked ? "was at its rate limit" : "its configured limit was reached",
            AttemptResult.ServerError => "failed",
            AttemptResult.Timeout => "did not answer in time",
            AttemptResult.ConnectionFailed => call.WasAsked ? "could not be reached" : "could not be told this request",
            AttemptResult.CircuitOpen => "passed over: its breaker was open",
            AttemptResult.PolicyRefusal => "refused by its content policy",
            AttemptResult.BrokenStream => "broke the stream off",
            AttemptResult.ClientCancelled => "the caller hung up",
            AttemptResult.GatewayStopped => "was cut short: the gateway stopped",
            _ => "not asked",
        };
        var status = call.Status is 0 or 200 ? "" : $" with {call.Status.ToString(CultureInfo.InvariantCulture)}";
        return call.WasAsked ? $"{what}{status}, asked after {Display.Milliseconds(call.StartMs)}" : what;
    }

    /// <summary>What Gateflow itself took until the first provider was asked; null when none was.</summary>
    public static string? Own(LogEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var asked = entry.Calls.Where(static call => call.WasAsked).ToList();
        return asked.Count == 0 ? null : $"Gateflow took {Display.Milliseconds(asked[0].StartMs)} before the first provider was asked.";
    }

    /// <summary>Where a span stands on the whole request's bar, as CSS.</summary>
    /// <param name="start">Milliseconds from the request's arrival.</param>
    /// <param name="length">Milliseconds; 0 for a mark.</param>
    /// <param name="whole">Milliseconds of the whole request.</param>
    public static string Place(double start, double length, double whole)
    {
        var left = whole > 0 ? Math.Clamp(start / whole * 100, 0, 100) : 0;
        var width = whole > 0 ? Math.Clamp(length / whole * 100, 0, 100 - left) : 0;
        return length > 0
            ? string.Create(CultureInfo.InvariantCulture, $"inset-inline-start:{left:0.##}%;inline-size:{width:0.##}%")
            : string.Create(CultureInfo.InvariantCulture, $"inset-inline-start:min({left:0.##}%, 100% - 2px)");
    }
}

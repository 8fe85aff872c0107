using System.Globalization;
using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;
using Gateflow.Dashboard.Migrations;
using Gateflow.Dashboard.Parts;

namespace Gateflow.Dashboard.Wizard;

/// <summary>A forecast as a sentence.</summary>
public static class ForecastWords
{
    /// <summary>"Completes in about 9 h (Tue 14:20 UTC) at 21 requests an hour. Each step sees 2 to 21 requests on gpt-4o. …"</summary>
    public static string Of(ForecastResult forecast, MigrationConfig config, string target, double? requestsPerHour, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(forecast);
        ArgumentNullException.ThrowIfNull(config);
        if (requestsPerHour is not > 0)
        {
            return "The traffic is unknown: there is no forecast. A step ends only when its time is over and its requests were seen.";
        }

        List<string> sentences = [];
        if (forecast.Hours is { } hours)
        {
            var start = config.Strategy == Strategy.Scheduled && config.ExecuteAt > now ? config.ExecuteAt.Value : now;
            var end = hours < 24 * 365 ? $" ({(start + TimeSpan.FromHours(hours)).UtcDateTime.ToString(hours > 24 * 6 ? "d MMM HH:mm" : "ddd HH:mm", CultureInfo.InvariantCulture)} UTC)" : "";
            sentences.Add(forecast.Hours == 0
                ? "Completes at once."
                : $"Completes in about {Display.Duration(TimeSpan.FromHours(hours))}{end} at {Display.Number(requestsPerHour, requestsPerHour < 10 ? 1 : 0)} requests an hour.");
        }

        var seen = forecast.Steps.Where(s => s.TargetRequests is > 0).Select(s => Math.Round(s.TargetRequests!.Value)).ToList();
        if (seen.Count > 0)
        {
            var (least, most) = (seen.Min(), seen.Max());
            sentences.Add(least == most
                ? $"{(seen.Count > 1 ? "Each step" : "It")} sees about {Display.Count((long)most, "request")} on {target}."
                : $"Each step sees {Display.Number(least, 0)} to {Display.Number(most, 0)} requests on {target}.");
        }

        if (config.RollbackThreshold.ErrorRate is not null)
        {
            sentences.Add(forecast.DetectableErrorRate is { } rate
                ? $"Over the whole rollout an error rate of {Display.Percent(rate)} or more would be noticed."
                : "These are too few requests to notice even a target that fails always: move slower, or set a longer soak.");
        }

        return string.Join(' ', sentences);
    }

    /// <summary>"errors 8 %, latency × 3.1, quality −0.22"; what is not armed is left out.</summary>
    public static string Of(Detectable detectable)
    {
        List<string> parts = [];
        Add(detectable.ErrorRate, rate => $"errors {Display.Percent(rate)}");
        Add(detectable.LatencyRatio, ratio => $"latency × {Display.Number(ratio, 1)}");
        Add(detectable.QualityDrop, drop => $"quality −{Display.Number(drop, 2)}");
        return parts.Count == 0 ? "nothing yet" : string.Join(", ", parts);

        void Add(double? value, Func<double, string> word)
        {
            if (value is { } known)
            {
                parts.Add(word(known));
            }
        }
    }

    /// <summary>What a test and the copies of a shadow phase cost.</summary>
    public static string Money(ForecastMoney money, bool mirrors)
    {
        var test = $"Cost of a test of {Display.Count(money.ReplayRequests, "request")}: {About(money.Replay)}";
        var copies = mirrors ? $"; of the mirrored copies: {About(money.Shadow)}" : "";
        return $"{test}{copies}.{(money.Unknown is null ? "" : " " + money.Unknown)}";

        static string About(decimal? cost) => cost is null ? "unknown" : $"about {Display.Money(cost)}";
    }
}

using Gateflow.Core.Migrations;

namespace Gateflow.Core.Rollout;

/// <summary>What a step is expected to be.</summary>
public sealed record StepForecast
{
    public required RolloutStep Step { get; init; }

    /// <summary>Hours until the step may end: its hold, or longer when min_samples takes longer. Null when the traffic is too thin or unknown.</summary>
    public double? Hours { get; init; }

    /// <summary>Target requests seen until then, mirrored ones included; null when unknown.</summary>
    public double? TargetRequests { get; init; }
}

/// <summary>What a rollout is expected to be.</summary>
public sealed record ForecastResult
{
    /// <summary>The steps, the last with the soak after it.</summary>
    public required IReadOnlyList<StepForecast> Steps { get; init; }

    /// <summary>Hours until completion, the soak included; null when unknown.</summary>
    public double? Hours { get; init; }

    /// <summary>Target requests until completion; null when unknown.</summary>
    public double? TargetRequests { get; init; }

    /// <summary>For <see cref="JudgeConfig.ExpectedTargetRequests"/>: with room for a migration that is held.</summary>
    public required long ExpectedTargetRequests { get; init; }

    /// <summary>
    /// Smallest true error rate (0–1) that the whole rollout's requests would be expected to turn into a breach; null when the guardrail
    /// is not armed, the traffic is unknown, or even a dead target would go unseen.
    /// </summary>
    public double? DetectableErrorRate { get; init; }
}

/// <summary>Foretells a rollout from its configuration and the traffic.</summary>
public static class Forecast
{
    /// <summary>Least that tests are spread over: a late start costs little (the logarithm), a horizon too short hides late regressions.</summary>
    public const long FewestExpected = 6_000;

    private const long MostExpected = 100_000_000;

    // Holds, weekends and growth: twice the plan.
    private const double Room = 2;

    /// <summary>Foretells a rollout.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="requestsPerHour">Requests per hour of the source model in scope; null when unknown.</param>
    public static ForecastResult Estimate(MigrationConfig config, double? requestsPerHour)
    {
        var rate = requestsPerHour is > 0 ? requestsPerHour : null;
        var compiled = RolloutSteps.Compile(config);
        var steps = compiled.Select((x, i) => Of(x, i == compiled.Count - 1 ? config.Soak : TimeSpan.Zero, config.MinSamples, rate)).ToList();
        var hours = Sum(steps.Select(x => x.Hours));
        var requests = Sum(steps.Select(x => x.TargetRequests));
        return new ForecastResult
        {
            Steps = steps,
            Hours = hours,
            TargetRequests = requests,
            ExpectedTargetRequests = (long)Math.Clamp(Room * (requests ?? 0), FewestExpected, MostExpected),
            DetectableErrorRate = requests is { } n && config.RollbackThreshold.ErrorRate is > 0 and < 1 and var limit
                ? Detectable(limit, config.Alpha / Armed(config.RollbackThreshold), n)
                : null,
        };
    }

    private static StepForecast Of(RolloutStep step, TimeSpan soak, int minSamples, double? rate)
    {
        var hold = (step.Hold + soak).TotalHours;
        var perHour = rate * (step.Weight + ((100 - step.Weight) * (step.Mirror ?? 0) / 100)) / 100;
        var hours = step.Weight <= 0 || minSamples <= 0 ? hold : minSamples / perHour is { } collecting ? Math.Max(hold, collecting) : (double?)null;
        return new StepForecast { Step = step, Hours = hours, TargetRequests = hours * perHour };
    }

    /// <summary>The rate at which n requests' expected growth of the best point's evidence reaches 1/α, its start's weight (½ of ⅛) paid.</summary>
    private static double? Detectable(double limit, double alpha, double n)
    {
        var price = Math.Log(2 * ShiryaevMixture.Points / alpha);
        Span<double> hit = stackalloc double[ShiryaevMixture.Points];
        Span<double> miss = stackalloc double[ShiryaevMixture.Points];
        OddsGrid.Fill(limit, 1.5, 0.95, hit, miss);
        double low = limit, high = 1;
        if (Growth(high, hit, miss) * n < price)
        {
            return null;
        }

        for (var i = 0; i < 40; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = Growth(middle, hit, miss) * n < price ? (middle, high) : (low, middle);
        }

        return high;
    }

    private static double Growth(double rate, ReadOnlySpan<double> hit, ReadOnlySpan<double> miss)
    {
        var best = double.NegativeInfinity;
        for (var i = 0; i < hit.Length; i++)
        {
            best = Math.Max(best, (rate * Math.Log(hit[i])) + ((1 - rate) * Math.Log(miss[i])));
        }

        return best;
    }

    private static int Armed(RollbackThreshold x) =>
        (x.ErrorRate is null ? 0 : 1) + (x.LatencyP99Increase is null ? 0 : 1) + (x.QualityScoreDrop is null ? 0 : 1);

    // Unknown in one step is unknown in all; Enumerable.Sum would take it for 0.
    private static double? Sum(IEnumerable<double?> values) => values.Aggregate((double?)0, (sum, x) => sum + x);
}

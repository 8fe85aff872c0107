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

    /// <summary>What the requests up to this step's end would be expected to turn into a breach.</summary>
    public Detectable Detectable { get; init; } = new();
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

    /// <summary>The same for every guardrail armed.</summary>
    public Detectable Detectable { get; init; } = new();
}

/// <summary>
/// The smallest regressions that would be noticed, in about half of the rollouts. Null where the guardrail is not armed, the traffic is unknown, or even the
/// worst would go unseen.
/// </summary>
public sealed record Detectable
{
    /// <summary>The target's true error rate, 0–1.</summary>
    public double? ErrorRate { get; init; }

    /// <summary>The target's latency over the source's.</summary>
    public double? LatencyRatio { get; init; }

    /// <summary>Drop of the mean score, 0–1.</summary>
    public double? QualityDrop { get; init; }
}

/// <summary>Foretells a rollout from its configuration and the traffic.</summary>
public static class Forecast
{
    /// <summary>Least that tests are spread over: a late start costs little (the logarithm), a horizon too short hides late regressions.</summary>
    public const long FewestExpected = 6_000;

    /// <summary>Standard deviation of the logarithm of latencies, where none were seen.</summary>
    public const double AssumedLatencySigma = Power.LatencySigma;

    /// <summary>Standard deviation of quality scores, where few were seen.</summary>
    public const double AssumedScoreDeviation = Power.ScoreDeviation;

    private const long MostExpected = 100_000_000;

    /// <summary>A hundred years: what takes longer has no date.</summary>
    private const double MostHours = 876_000;

    /// <summary>From this year on there are no dates: a hundred years later the calendar still has days.</summary>
    private const int LastYear = 9_000;

    // Holds, weekends and growth: twice the plan.
    private const double Room = 2;

    /// <summary>Foretells a rollout whose requests come evenly and which may step at any time.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="requestsPerHour">Requests per hour of the source model in scope; null when unknown.</param>
    public static ForecastResult Estimate(MigrationConfig config, double? requestsPerHour) =>
        Estimate(config with { Windows = [], Blackouts = [] }, requestsPerHour is > 0 and var rate ? TrafficProfile.Even(rate) : null, DateTimeOffset.UnixEpoch);

    /// <summary>Foretells a rollout.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="traffic">Requests of the source model in scope; null when unknown.</param>
    /// <param name="start">When it begins.</param>
    /// <param name="latencySigma">Standard deviation of the logarithm of the source's latencies, above 0.</param>
    /// <param name="scoreDeviation">Standard deviation of the source's quality scores, 0–0.5.</param>
    public static ForecastResult Estimate(
        MigrationConfig config, TrafficProfile? traffic, DateTimeOffset start, double latencySigma = Power.LatencySigma, double scoreDeviation = Power.ScoreDeviation)
    {
        var spread = (latencySigma, scoreDeviation);
        var compiled = RolloutSteps.Compile(config);
        var steps = new List<StepForecast>();
        var at = Dated(start);
        for (var i = 0; i < compiled.Count; i++)
        {
            var last = i == compiled.Count - 1;
            var step = Of(compiled[i], last ? config.Soak : TimeSpan.Zero, config, closes: !last, traffic, at);
            steps.Add(step);
            at = at is { } from && step.Hours is { } hours && hours < MostHours ? Dated(from.AddHours(hours)) : null;
        }

        var requests = Sum(steps.Select(x => x.TargetRequests));
        var detectable = Detect(steps, config, spread);
        return new ForecastResult
        {
            Steps = [.. steps.Select((s, i) => s with { Detectable = Detect(steps[..(i + 1)], config, spread) })],
            Hours = Sum(steps.Select(x => x.Hours)),
            TargetRequests = requests,
            ExpectedTargetRequests = (long)Math.Clamp(Room * (requests ?? 0), FewestExpected, MostExpected),
            DetectableErrorRate = detectable.ErrorRate,
            Detectable = detectable,
        };
    }

    private static DateTimeOffset? Dated(DateTimeOffset at) => at.Year < LastYear ? at : null;

    /// <param name="closes">Whether the step ends within the allowed times only.</param>
    private static StepForecast Of(RolloutStep step, TimeSpan soak, MigrationConfig config, bool closes, TrafficProfile? traffic, DateTimeOffset? from)
    {
        var hold = step.Hold + soak;
        var share = (step.Weight + ((100 - step.Weight) * (step.Mirror ?? 0) / 100)) / 100;
        var needs = step.Weight > 0 && config.MinSamples > 0;
        if (traffic is null || from is not { } start)
        {
            return new StepForecast { Step = step, Hours = needs ? null : hold.TotalHours };
        }

        var hours = needs ? traffic.HoursUntil(start, config.MinSamples / share) is { } collecting ? Math.Max(hold.TotalHours, collecting) : null : (double?)hold.TotalHours;
        if (closes && hours is { } over && over < MostHours && !StepWindows.IsOpen(config, start.AddHours(over)))
        {
            hours = (StepWindows.NextOpening(config, start.AddHours(over)) - start)?.TotalHours;
        }

        return new StepForecast { Step = step, Hours = hours, TargetRequests = hours is { } h ? share * traffic.Requests(start, h) : null };
    }

    private static Detectable Detect(List<StepForecast> steps, MigrationConfig config, (double Latency, double Scores) spread)
    {
        var (limits, alpha) = (config.RollbackThreshold, config.Alpha / Math.Max(1, Armed(config.RollbackThreshold)));
        if (Sum(steps.Select(s => s.TargetRequests)) is not { } requests)
        {
            return new Detectable();
        }

        List<PowerStep> seen = [.. steps.Select(s => new PowerStep(s.Step.Weight, s.TargetRequests!.Value))];
        return new Detectable
        {
            ErrorRate = limits.ErrorRate is > 0 and < 1 and var rate ? Power.ErrorRate(rate, alpha, requests) : null,
            LatencyRatio = limits.LatencyP99Increase is > 1 and var ratio ? Power.LatencyRatio(ratio, alpha, seen, spread.Latency) : null,
            QualityDrop = limits.QualityScoreDrop is > 0 and < 1 and var drop ? Power.QualityDrop(drop, alpha, seen, spread.Scores) : null,
        };
    }

    private static int Armed(RollbackThreshold x) =>
        (x.ErrorRate is null ? 0 : 1) + (x.LatencyP99Increase is null ? 0 : 1) + (x.QualityScoreDrop is null ? 0 : 1);

    // Unknown in one step is unknown in all; Enumerable.Sum would take it for 0.
    private static double? Sum(IEnumerable<double?> values) => values.Aggregate((double?)0, (sum, x) => sum + x);
}

namespace Gateflow.Benchmarks.MigrationsSim;

/// <summary>What happens in a simulated migration. The defaults are a healthy target.</summary>
internal sealed record World
{
    /// <summary>Spread of the logarithm of latencies.</summary>
    public const double Sigma = 0.8;

    /// <summary>Median latency of the source in fair weather, ms.</summary>
    public const double MedianMs = 900;

    /// <summary>The source's 95th percentile in fair weather, ms: what its history says.</summary>
    public static readonly double HistoricTail = MedianMs * Math.Exp(1.6449 * Sigma);

    /// <summary>Scores of the source, and of a healthy target.</summary>
    public static readonly ScoreTable Good = new(0.8, 0.25);

    /// <summary>Share of requests that either model fails while all is well.</summary>
    public double UsualErrors { get; init; } = 0.01;

    /// <summary>Share of requests that both fail together while all is well, besides those.</summary>
    public double Common { get; init; }

    /// <summary>Share of requests that the target fails from the onset on; null: as usual.</summary>
    public double? TargetErrors { get; init; }

    /// <summary>Share of requests on which both fail from the onset on.</summary>
    public double Outage { get; init; }

    /// <summary>The target's latency as a multiple of the source's from the onset on.</summary>
    public double Slower { get; init; } = 1;

    /// <summary>Scores of the target from the onset on; null: as good as the source's.</summary>
    public ScoreTable? Scores { get; init; }

    /// <summary>True when anything goes wrong at the onset.</summary>
    public bool IsIll => TargetErrors is not null || Outage > 0 || Slower > 1 || Scores is not null;

    /// <summary>Target requests before the onset.</summary>
    public long Onset { get; init; }

    /// <summary>What both models' latency is multiplied by in the end, and when that sets in, hours after the start; over how many hours it grows.</summary>
    public double Drift { get; init; } = 1;

    public double DriftAt { get; init; }

    public double DriftHours { get; init; }

    /// <summary>True for a day's rise and fall, unsteady minutes and now and then an outage of five minutes, all common to both models.</summary>
    public bool Weather { get; init; }

    /// <summary>Share of requests that belong to one of the sixteen conversations under way; the others begin one.</summary>
    public double Repeats { get; init; }
}

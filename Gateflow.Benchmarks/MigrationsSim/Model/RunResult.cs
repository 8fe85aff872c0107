using Gateflow.Core.Rollout;

namespace Gateflow.Benchmarks.MigrationsSim;

/// <summary>How a simulated migration ended.</summary>
internal enum RunEnd
{
    Completed,
    RolledBack,

    /// <summary>Held until a person was asked.</summary>
    Held,

    /// <summary>The run's limit of target requests was reached.</summary>
    Limit,
}

/// <summary>What became of a simulated migration.</summary>
internal sealed record RunResult
{
    public required RunEnd End { get; init; }

    /// <summary>What rolled it back.</summary>
    public GuardrailKind? Guardrail { get; init; }

    /// <summary>Requests of both arms.</summary>
    public required long Requests { get; init; }

    /// <summary>Target requests from the onset to the end.</summary>
    public required long SinceOnset { get; init; }

    /// <summary>Target requests from the onset until no step would be taken any more; null when that never was.</summary>
    public long? HeldAfter { get; init; }

    /// <summary>Target outcomes that were nobody's evidence.</summary>
    public long Outages { get; init; }

    /// <summary>Highest weight reached, percent.</summary>
    public required double Weight { get; init; }

    public required double Hours { get; init; }

    /// <summary>What the naive rules did on the same requests, by rule; null when they were not asked.</summary>
    public IReadOnlyList<bool>? Naive { get; init; }
}

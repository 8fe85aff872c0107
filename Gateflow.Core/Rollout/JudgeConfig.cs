using Gateflow.Core.Migrations;

namespace Gateflow.Core.Rollout;

/// <summary>What a judge must know of a migration; fixed when it is executed.</summary>
public sealed record JudgeConfig
{
    /// <summary>The limits; a guardrail without one is not armed.</summary>
    public required RollbackThreshold RollbackThreshold { get; init; }

    /// <summary>Chance of a false rollback over the whole migration, in (0, 1), split equally over the guardrails armed.</summary>
    public double Alpha { get; init; } = 0.01;

    /// <summary>Target requests over which later starts of the tests are spread: <see cref="ForecastResult.ExpectedTargetRequests"/>.</summary>
    public long ExpectedTargetRequests { get; init; } = Forecast.FewestExpected;

    /// <summary>
    /// Part of the tests' weight, 0–0.5, kept for changes after <see cref="ExpectedTargetRequests"/>. 0 keeps none, and
    /// a regression that starts after them is then not seen.
    /// </summary>
    public double TailShare { get; init; }
}

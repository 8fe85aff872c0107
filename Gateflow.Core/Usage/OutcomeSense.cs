using Gateflow.Core.Rollout;

namespace Gateflow.Core.Usage;

/// <summary>What an outcome was for the caller, by the columns that it counts in.</summary>
public static class OutcomeSense
{
    /// <summary>True when the caller went without a whole answer and is not to blame: a model, a provider or a provider's limit is.</summary>
    public static bool IsError(this OutcomeKind kind) => OutcomeColumns.Of(kind) is { Error: 1 } or { RateLimited: 1 };

    /// <summary>True when usage counts it as an error: a model or provider failed, limits apart. See <see cref="RollupFigures.Errors"/>.</summary>
    public static bool IsModelError(this OutcomeKind kind) => OutcomeColumns.Of(kind).Error == 1;

    /// <summary>True when the caller got a whole answer, be it from the source after the target failed.</summary>
    public static bool IsAnswered(this OutcomeKind kind) => OutcomeColumns.Of(kind) is { Success: 1 } or { ArmFailure: 1, Error: 0 };
}

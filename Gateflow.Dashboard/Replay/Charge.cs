using Gateflow.Core.Replay;

namespace Gateflow.Dashboard.Replay;

/// <summary>What calls cost.</summary>
/// <param name="Amount">USD.</param>
/// <param name="IsEstimated">A part of it is foretold: a provider counted no tokens, or nobody knows what it did before it broke off.</param>
internal readonly record struct Charge(decimal Amount, bool IsEstimated)
{
    /// <summary>What one answer cost: nothing when the provider refused.</summary>
    /// <param name="estimate">What it was expected to cost.</param>
    public static Charge Of(ReplayAnswer answer, decimal estimate) =>
        answer.Cost is { } known ? new Charge(known, false) : answer.IsAnswer || answer.MayBeBilled ? Foretold(estimate) : default;

    /// <summary>What cannot be known; nothing when it is free.</summary>
    public static Charge Foretold(decimal estimate) => new(estimate, estimate > 0);

    public static Charge operator +(Charge a, Charge b) => new(a.Amount + b.Amount, a.IsEstimated || b.IsEstimated);
}

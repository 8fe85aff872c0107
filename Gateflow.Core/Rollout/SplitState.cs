namespace Gateflow.Core.Rollout;

/// <summary>State of <see cref="SplitCheck"/>, at most some 28 kB as JSON.</summary>
public sealed record SplitState
{
    /// <summary>Weights checked before this one.</summary>
    public required int Level { get; init; }

    /// <summary>Hundredths of a percent.</summary>
    public required int Weight { get; init; }

    public required long Units { get; init; }

    public required long OnTarget { get; init; }

    /// <summary>Sum of the chances of the units counted.</summary>
    public required double Expected { get; init; }

    /// <summary>Evidence of the weights before.</summary>
    public required double Past { get; init; }

    /// <summary>Logarithm of the Bayes factor at this weight.</summary>
    public required double Log { get; init; }

    public required bool Deviates { get; init; }

    public required long MovedBack { get; init; }

    /// <summary>One unit in how many is taken.</summary>
    public required double OneIn { get; init; }

    /// <summary>The units remembered, packed by <see cref="DistinctUnits.Save"/>.</summary>
    public required byte[] Seen { get; init; }
}

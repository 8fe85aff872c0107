namespace Gateflow.Core.Rollout;

/// <summary>One step of a rollout: all that the engine knows of strategies.</summary>
public sealed record RolloutStep
{
    /// <summary>Share of source requests copied to the target, 0–100; null for none.</summary>
    public double? Mirror { get; init; }

    /// <summary>Share of traffic on the target, percent, 0–100.</summary>
    public required double Weight { get; init; }

    /// <summary>How long the step holds at least.</summary>
    public TimeSpan Hold { get; init; }

    /// <summary>True when a person must agree before the next step.</summary>
    public bool Gate { get; init; }

    /// <summary>True when the target sees copies only: every caller is answered by the source.</summary>
    public bool IsShadow => Weight <= 0 && Mirror is not null;

    /// <summary>The weight in hundredths of a percent, as routes and <see cref="Assignment"/> take it.</summary>
    public int WeightInBuckets => (int)Math.Round(Weight * 100);
}

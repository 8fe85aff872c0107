namespace Gateflow.Core.Rollout;

/// <summary>State of an <see cref="Alarm"/>.</summary>
public readonly record struct AlarmState(bool Watching, bool Breached);

/// <summary>Turns a guardrail's evidence into watch (with hysteresis) and breach (final).</summary>
/// <param name="alpha">Chance of a false alarm of this guardrail, in (0, 1).</param>
internal sealed class Alarm(double alpha)
{
    /// <summary>1/α.</summary>
    public double Threshold { get; } = 1 / alpha;

    /// <summary>1/√α; watch is left below half of it, so that it does not flicker.</summary>
    public double WatchAt { get; } = 1 / Math.Sqrt(alpha);

    public bool Watching { get; private set; }

    public bool Breached { get; private set; }

    /// <summary>Takes the evidence after an observation.</summary>
    /// <param name="evidence">M.</param>
    /// <param name="witnessed">False while one unit alone stands behind it: evidence, but no breach.</param>
    public void Update(double evidence, bool witnessed)
    {
        Watching = evidence >= (Watching ? WatchAt / 2 : WatchAt);
        Breached |= witnessed && evidence >= Threshold;
    }

    public AlarmState Save() => new(Watching, Breached);

    public void Restore(AlarmState state) => (Watching, Breached) = (state.Watching, state.Breached);
}

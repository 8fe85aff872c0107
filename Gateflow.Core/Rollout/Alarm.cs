namespace Gateflow.Core.Rollout;

/// <summary>State of an <see cref="Alarm"/>; the last two tell when what it sees began, and how many outcomes the step had before.</summary>
public readonly record struct AlarmState(bool Watching, bool Breached, long? SinceTicks = null, long Before = 0);

/// <summary>Turns a guardrail's evidence into watch (with hysteresis) and breach (final).</summary>
/// <param name="alpha">Chance of a false alarm of this guardrail, in (0, 1).</param>
internal sealed class Alarm(double alpha)
{
    private double _evidence = 1;

    /// <summary>1/α.</summary>
    public double Threshold { get; } = 1 / alpha;

    /// <summary>1/√α; watch is left below half of it, so that it does not flicker.</summary>
    public double WatchAt { get; } = 1 / Math.Sqrt(alpha);

    public bool Watching { get; private set; }

    public bool Breached { get; private set; }

    /// <summary>When the evidence began to rise to where it is, UTC ticks; null while it is no more than at the start. Kept once breached.</summary>
    public long? SinceTicks { get; private set; }

    /// <summary>Counted target outcomes of the step before that.</summary>
    public long Before { get; private set; }

    /// <summary>Takes the evidence after an observation.</summary>
    /// <param name="evidence">M.</param>
    /// <param name="witnessed">False while one unit alone stands behind it: evidence, but no breach.</param>
    /// <param name="atTicks">When it was made.</param>
    /// <param name="before">Counted target outcomes of the step before it.</param>
    public void Update(double evidence, bool witnessed, long atTicks = 0, long before = 0)
    {
        if (!Breached && evidence > _evidence && SinceTicks is null)
        {
            (SinceTicks, Before) = (atTicks, before);
        }
        else if (!Breached && evidence < _evidence && evidence <= 1)
        {
            SinceTicks = null;
        }

        _evidence = evidence;
        Watching = evidence >= (Watching ? WatchAt / 2 : WatchAt);
        Breached |= witnessed && evidence >= Threshold;
    }

    /// <summary>A step begins: its outcomes are counted anew.</summary>
    public void BeginStep() => Before = 0;

    public AlarmState Save() => new(Watching, Breached, SinceTicks, Before);

    /// <param name="state">As it was saved.</param>
    /// <param name="evidence">M as it stood then.</param>
    public void Restore(AlarmState state, double evidence) =>
        (Watching, Breached, SinceTicks, Before, _evidence) = (state.Watching, state.Breached, state.SinceTicks, state.Before, evidence);
}

namespace Gateflow.Core.Rollout;

/// <summary>State of <see cref="FailingUnits"/>: the remembered units with the time of their last counted failure, and how many were distinct.</summary>
public sealed record FailingUnitsState(ulong[] Units, long[] AtTicks, long Distinct);

/// <summary>
/// Lets at most one failure of a unit in 10 s count, so that a client in a retry loop is one witness, not a hundred. Remembers the
/// last 512 failing units in sets of four (as a processor's cache does): O(1), bounded, no allocation. A unit pushed out by newer
/// ones counts as new when it comes back.
/// </summary>
internal sealed class FailingUnits
{
    private const int Sets = 128, Ways = 4;
    private const long Never = long.MinValue;

    private readonly ulong[] _units = new ulong[Sets * Ways];
    private readonly long[] _at = new long[Sets * Ways];

    public FailingUnits() => Array.Fill(_at, Never);

    /// <summary>Distinct units that failed. A unit pushed out is counted again, which takes four others: "two" is always two.</summary>
    public long Distinct { get; private set; }

    /// <summary>True when this failure counts.</summary>
    public bool Counts(ulong unit, long atTicks)
    {
        var slot = Slot(unit, out var known);
        if (known && Math.Abs(atTicks - _at[slot]) < TimeSpan.TicksPerSecond * 10)
        {
            return false;
        }

        Distinct += known ? 0 : 1;
        (_units[slot], _at[slot]) = (unit, atTicks);
        return true;
    }

    public FailingUnitsState Save()
    {
        var filled = Enumerable.Range(0, _at.Length).Where(i => _at[i] != Never).ToList();
        return new FailingUnitsState([.. filled.Select(i => _units[i])], [.. filled.Select(i => _at[i])], Distinct);
    }

    public void Restore(FailingUnitsState state)
    {
        Array.Fill(_at, Never);
        for (var i = 0; i < state.Units.Length; i++)
        {
            var slot = Slot(state.Units[i], out _);
            (_units[slot], _at[slot]) = (state.Units[i], state.AtTicks[i]);
        }

        Distinct = state.Distinct;
    }

    /// <summary>Where the unit is, else the place of its set's oldest.</summary>
    private int Slot(ulong unit, out bool known)
    {
        var first = (int)(StableHash.Combine(unit, Sets) % Sets) * Ways;
        var oldest = first;
        for (var i = first; i < first + Ways; i++)
        {
            if (_at[i] != Never && _units[i] == unit)
            {
                known = true;
                return i;
            }

            oldest = _at[i] < _at[oldest] ? i : oldest;
        }

        known = false;
        return oldest;
    }
}

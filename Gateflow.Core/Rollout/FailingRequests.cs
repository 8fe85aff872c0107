namespace Gateflow.Core.Rollout;

/// <summary>State of <see cref="FailingRequests"/>: the remembered requests with the time of their last failure that counted, and how many units were distinct.</summary>
/// <param name="Units">Hashes of unit and body, and of what became of it where it was no failure of the target's own; in states of older builds of the unit alone.</param>
/// <param name="AtTicks">When each last counted.</param>
/// <param name="Distinct">Units that failed: 0, 1, or more.</param>
/// <param name="First">The first of those units; null when there is none, and in states of older builds.</param>
public sealed record FailingUnitsState(ulong[] Units, long[] AtTicks, long Distinct, ulong? First = null)
{
    /// <summary><see cref="First"/>, also of an older build's state.</summary>
    internal ulong? FirstUnit => Distinct == 0 ? null : First ?? (Units is [var first, ..] ? first : null);
}

/// <summary>
/// Lets a request that is sent again and again count once: a client in a retry loop is one witness, not a hundred. Different requests of one unit each
/// count, since their successes do as well. Remembers the last 512 failing requests in sets of four (as a processor's cache does): O(1), bounded, no
/// allocation. One that was pushed out by newer ones counts as new when it comes back.
/// </summary>
internal sealed class FailingRequests
{
    private const int Sets = 128, Ways = 4;
    private const long Never = long.MinValue;

    private readonly ulong[] _requests = new ulong[Sets * Ways];
    private readonly long[] _at = new long[Sets * Ways];

    public FailingRequests() => Array.Fill(_at, Never);

    /// <summary>True unless the same request counted already within that time; then it is remembered.</summary>
    public bool Counts(ulong request, long atTicks, TimeSpan within)
    {
        var slot = Slot(request, out var known);
        if (known && Math.Abs(atTicks - _at[slot]) < within.Ticks)
        {
            return false;
        }

        (_requests[slot], _at[slot]) = (request, atTicks);
        return true;
    }

    public FailingUnitsState Save(in Witnesses units)
    {
        var filled = Enumerable.Range(0, _at.Length).Where(i => _at[i] != Never).ToList();
        return new FailingUnitsState([.. filled.Select(i => _requests[i])], [.. filled.Select(i => _at[i])], units.Count, units.First);
    }

    public void Restore(FailingUnitsState state)
    {
        Array.Fill(_at, Never);
        for (var i = 0; i < state.Units.Length; i++)
        {
            var slot = Slot(state.Units[i], out _);
            (_requests[slot], _at[slot]) = (state.Units[i], state.AtTicks[i]);
        }
    }

    /// <summary>Where the request is, else the place of its set's oldest.</summary>
    private int Slot(ulong request, out bool known)
    {
        var first = (int)(StableHash.Combine(request, Sets) % Sets) * Ways;
        var oldest = first;
        for (var i = first; i < first + Ways; i++)
        {
            if (_at[i] != Never && _requests[i] == request)
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

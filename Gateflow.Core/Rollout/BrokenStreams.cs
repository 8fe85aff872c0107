namespace Gateflow.Core.Rollout;

/// <summary>State of <see cref="BrokenStreams"/>: streams broken by second, and those of the target that wait, oldest first.</summary>
public sealed record BrokenStreamsState(long[] Seconds, int[] Source, int[] Excused, ulong[] Units, ulong[] Requests, long[] AtTicks);

/// <summary>
/// Tells a cut of the network from a target that breaks off: it breaks streams of both arms at once, and nobody else can finish them. A broken stream of
/// the target waits 5 s. Within 5 s before and after it those of the source excuse twice as many as the weight makes of them: at 10 %, two of the target for nine
/// of the source. More are the target's own. Twice, because a limit below twice the source's own rate is refused at execute. Bounded, no allocation.
/// </summary>
internal sealed class BrokenStreams
{
    private const int Around = 5, Buckets = 16, Most = 64;
    private const double Generosity = 2, MostOdds = 99;

    private readonly long[] _seconds = new long[Buckets];
    private readonly int[] _source = new int[Buckets];
    private readonly int[] _excused = new int[Buckets];
    private readonly ArmOutcome[] _waiting = new ArmOutcome[Most];
    private int _first;
    private int _count;

    /// <summary>Takes note of a broken stream of the source.</summary>
    public void OnSource(long atTicks)
    {
        if (TryBucket(Second(atTicks), out var bucket))
        {
            _source[bucket]++;
        }
    }

    /// <summary>Keeps a broken stream of the target until it is known what the source's did; there must be room (<see cref="TryTake"/>).</summary>
    public void Add(in ArmOutcome outcome)
    {
        _waiting[(_first + _count) % Most] = outcome;
        _count++;
    }

    /// <summary>Takes the oldest that waits, once it did so for 5 s or the room is used up.</summary>
    public bool TryTake(long nowTicks, out ArmOutcome outcome)
    {
        outcome = _count > 0 ? _waiting[_first] : default;
        if (_count == 0 || (_count < Most && nowTicks - outcome.AtTicks < Around * TimeSpan.TicksPerSecond))
        {
            return false;
        }

        (_first, _count) = ((_first + 1) % Most, _count - 1);
        return true;
    }

    /// <summary>Whether as many streams of the source broke around it that this one of the target shows nothing.</summary>
    /// <param name="atTicks">When it broke.</param>
    /// <param name="weight">The target's share of traffic, 0–1.</param>
    public bool Excuses(long atTicks, double weight)
    {
        var (second, source, excused) = (Second(atTicks), 0, 0);
        for (var i = 0; i < Buckets; i++)
        {
            if (Math.Abs(_seconds[i] - second) <= Around)
            {
                (source, excused) = (source + _source[i], excused + _excused[i]);
            }
        }

        if (excused + 1 > Generosity * Math.Min(MostOdds, weight / (1 - weight)) * source || !TryBucket(second, out var bucket))
        {
            return false;
        }

        _excused[bucket]++;
        return true;
    }

    public BrokenStreamsState Save()
    {
        var waiting = Enumerable.Range(0, _count).Select(i => _waiting[(_first + i) % Most]).ToList();
        return new BrokenStreamsState(
            [.. _seconds], [.. _source], [.. _excused], [.. waiting.Select(w => w.Unit)], [.. waiting.Select(w => w.Request)], [.. waiting.Select(w => w.AtTicks)]);
    }

    public void Restore(BrokenStreamsState state)
    {
        state.Seconds.AsSpan(0, Buckets).CopyTo(_seconds);
        state.Source.AsSpan(0, Buckets).CopyTo(_source);
        state.Excused.AsSpan(0, Buckets).CopyTo(_excused);
        (_first, _count) = (0, Math.Min(Most, state.Units.Length));
        for (var i = 0; i < _count; i++)
        {
            _waiting[i] = new ArmOutcome { Arm = Arm.Target, Kind = OutcomeKind.BrokenStream, Unit = state.Units[i], Request = state.Requests[i], AtTicks = state.AtTicks[i] };
        }
    }

    private static long Second(long atTicks) => atTicks / TimeSpan.TicksPerSecond;

    /// <summary>The second's place; false when a later one has taken it.</summary>
    private bool TryBucket(long second, out int bucket)
    {
        bucket = (int)(second % Buckets);
        if (_seconds[bucket] < second)
        {
            (_seconds[bucket], _source[bucket], _excused[bucket]) = (second, 0, 0);
        }

        return _seconds[bucket] == second;
    }
}

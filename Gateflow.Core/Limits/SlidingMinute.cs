namespace Gateflow.Core.Limits;

/// <summary>
/// A sum over the last minute in buckets of one second. What is added leaves after 60 to 61 s, so that in no 60 s more than the limit is let
/// through. Nothing is allocated after the start. Not thread-safe.
/// </summary>
public sealed class SlidingMinute
{
    private const int Seconds = 61;

    private readonly long[] _counts = new long[Seconds];
    private long _now = long.MinValue / 2;

    /// <summary>Everything added within the minute that ends at the second last advanced to.</summary>
    public long Sum { get; private set; }

    /// <summary>Moves on to a second of any clock that never goes back; an earlier one changes nothing.</summary>
    public void Advance(long second)
    {
        for (var next = Math.Max(_now + 1, second - Seconds + 1); next <= second; next++)
        {
            ref var slot = ref Slot(next);
            Sum -= slot;
            slot = 0;
        }

        _now = Math.Max(_now, second);
    }

    /// <summary>Adds to a second that was advanced to; a negative count gives back what was added there. A second that has left is left alone.</summary>
    public void Add(long second, long count)
    {
        if (_now - second < Seconds)
        {
            Slot(second) += count;
            Sum += count;
        }
    }

    /// <summary>Seconds until so much has left that at most <paramref name="most"/> stands, if nothing is added; 0–61.</summary>
    public int SecondsUntil(long most)
    {
        var left = Sum;
        for (var age = Seconds - 1; age >= 0 && left > most; age--)
        {
            left -= Slot(_now - age);
            if (left <= most)
            {
                return Seconds - age;
            }
        }

        return 0;
    }

    private ref long Slot(long second) => ref _counts[(int)(((second % Seconds) + Seconds) % Seconds)];
}

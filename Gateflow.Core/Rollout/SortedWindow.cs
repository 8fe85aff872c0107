namespace Gateflow.Core.Rollout;

/// <summary>The last n values, in the order they came and sorted. O(n) moves an addition, no allocation.</summary>
internal sealed class SortedWindow(int capacity)
{
    private readonly double[] _ring = new double[capacity];
    private readonly double[] _sorted = new double[capacity];
    private int _next;

    public int Count { get; private set; }

    public bool IsFull => Count == capacity;

    /// <summary>The value at ⌊q·count⌋ of the sorted values (0-based). Only when there is one.</summary>
    public double Quantile(double q) => _sorted[Math.Min(Count - 1, (int)(q * Count))];

    public void Add(double value)
    {
        if (IsFull)
        {
            var gone = Array.BinarySearch(_sorted, 0, Count, _ring[_next]);
            Array.Copy(_sorted, gone + 1, _sorted, gone, Count - gone - 1);
            Count--;
        }

        var at = Array.BinarySearch(_sorted, 0, Count, value);
        at = at < 0 ? ~at : at;
        Array.Copy(_sorted, at, _sorted, at + 1, Count - at);
        _sorted[at] = value;
        _ring[_next] = value;
        _next = (_next + 1) % capacity;
        Count++;
    }

    /// <summary>The values, oldest first.</summary>
    public double[] Save()
    {
        var values = new double[Count];
        for (var i = 0; i < Count; i++)
        {
            values[i] = _ring[(_next - Count + i + capacity) % capacity];
        }

        return values;
    }

    public void Restore(double[] values)
    {
        Count = _next = 0;
        foreach (var value in values.AsSpan(Math.Max(0, values.Length - capacity)))
        {
            Add(value);
        }
    }
}

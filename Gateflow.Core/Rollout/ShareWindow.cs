namespace Gateflow.Core.Rollout;

/// <summary>State of a <see cref="ShareWindow"/>: one bit an entry, the place of the next, and how many are filled.</summary>
public sealed record ShareState(ulong[] Bits, int Next, int Count);

/// <summary>The share of "yes" among the last n answers. O(1), no allocation.</summary>
public sealed class ShareWindow(int capacity)
{
    private readonly ulong[] _bits = new ulong[(capacity + 63) / 64];
    private int _next;

    public int Count { get; private set; }

    /// <summary>Answers in the window that were "yes".</summary>
    public int Yes { get; private set; }

    public void Add(bool yes)
    {
        ref var word = ref _bits[_next >> 6];
        var mask = 1UL << (_next & 63);
        Yes += (yes ? 1 : 0) - ((word & mask) != 0 ? 1 : 0);
        word = yes ? word | mask : word & ~mask;
        _next = (_next + 1) % capacity;
        Count = Math.Min(capacity, Count + 1);
    }

    public void Clear()
    {
        Array.Clear(_bits);
        (_next, Count, Yes) = (0, 0, 0);
    }

    public ShareState Save() => new([.. _bits], _next, Count);

    public void Restore(ShareState state)
    {
        state.Bits.AsSpan(0, _bits.Length).CopyTo(_bits);
        (_next, Count, Yes) = (state.Next, state.Count, 0);
        foreach (var word in _bits)
        {
            Yes += System.Numerics.BitOperations.PopCount(word);
        }
    }
}

namespace Gateflow.Simulator.Answers;

/// <summary>Hashes that are the same in every process and on every machine, unlike <see cref="string.GetHashCode()"/>.</summary>
internal static class StableHash
{
    /// <summary>FNV-1a over UTF-16 units, finished by <see cref="Mixed"/>.</summary>
    public static ulong Of(ReadOnlySpan<char> text, ulong salt = 0)
    {
        var hash = 14695981039346656037UL ^ salt;
        foreach (var unit in text)
        {
            hash = (hash ^ unit) * 1099511628211UL;
        }

        return Mixed(hash);
    }

    /// <summary>The finaliser of SplitMix64 (Steele, Lea and Flood 2014).</summary>
    public static ulong Mixed(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9UL;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EBUL;
        return value ^ (value >> 31);
    }
}

/// <summary>SplitMix64: a sequence of numbers that depends on its seed alone.</summary>
internal sealed class Sequence(ulong seed)
{
    private ulong _state = seed;

    public ulong Next() => StableHash.Mixed(_state += 0x9E3779B97F4A7C15UL);

    public int Below(int limit) => (int)(Next() % (uint)limit);

    /// <summary>Uniform in [0,1).</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    public T Of<T>(IReadOnlyList<T> values) => values[Below(values.Count)];
}

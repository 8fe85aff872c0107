namespace Gateflow.Core.Rollout;

/// <summary>Tells one unit from several: what one unit alone shows is evidence, but never a breach.</summary>
internal struct Witnesses
{
    /// <summary>The first unit seen; null before.</summary>
    public ulong? First { get; private set; }

    /// <summary>Units seen: 0, 1, or 2, which stands for all above.</summary>
    public int Count { get; private set; }

    public readonly bool AreSeveral => Count > 1;

    public void Add(ulong unit)
    {
        Count = First is { } first ? Math.Max(Count, first == unit ? 1 : 2) : 1;
        First ??= unit;
    }

    public void Restore(ulong? first, bool several) => (First, Count) = (first, several ? 2 : first is null ? 0 : 1);
}

using System.Buffers.Binary;

namespace Gateflow.Core.Rollout;

/// <summary>
/// Remembers units in bounded memory so that each is a new observation of the split at most once a weight. The rule: while at most
/// 2,048 units are known, all are taken; when there are more, only units whose hash ends in one more zero bit are (half of them), those
/// that no longer qualify are forgotten and never taken again. So no unit is ever taken twice, whatever the number of units, and what is
/// taken is a sample that does not depend on the arm (adaptive sampling, Flajolet 1990). O(1) a unit on average, no allocation.
/// </summary>
internal sealed class DistinctUnits
{
    /// <summary>Most units remembered.</summary>
    public const int Most = 2_048;

    private const int Slots = 2 * Most;
    private const int Packed = sizeof(ulong) + sizeof(ushort);
    private const ulong Salt = 0x5BD1E9955BD1E995;

    /// <summary>Instead of a weight: the unit is on the target, where it stays whatever the weight rises to.</summary>
    private const ushort OnTarget = ushort.MaxValue;

    private ulong[] _units = new ulong[Slots];
    private ulong[] _spare = new ulong[Slots];
    private ushort[] _seenAt = new ushort[Slots];
    private ushort[] _spareSeenAt = new ushort[Slots];
    private ulong _sampleMask;
    private int _count;

    /// <summary>Units remembered.</summary>
    public int Count => _count;

    /// <summary>One unit in how many is taken: 1, 2, 4, …</summary>
    public double OneIn => _sampleMask + 1.0;

    /// <summary>
    /// The chance (0–1) that this unit is on the target at this weight, given where it was seen before; NaN when nothing new is learnt from
    /// it. A new unit has the weight itself; one last seen on the source at weight v has (w − v)/(1 − v), because its bucket lies above v.
    /// </summary>
    /// <param name="unit">The hash that the unit was dealt by.</param>
    /// <param name="weight">Hundredths of a percent, above 0 and below 10000.</param>
    /// <param name="isTarget">Where it was sent.</param>
    /// <param name="movedBack">True when it was on the target before and is on the source now, which must not be.</param>
    public double Chance(ulong unit, int weight, bool isTarget, out bool movedBack)
    {
        movedBack = false;
        var hash = StableHash.Combine(unit, Salt);
        hash = hash == 0 ? ulong.MaxValue : hash; // 0 marks an empty slot
        if ((hash & _sampleMask) != 0)
        {
            return double.NaN;
        }

        var slot = Slot(_units, hash);
        if (_units[slot] == hash)
        {
            var before = _seenAt[slot];
            movedBack = before == OnTarget && !isTarget;
            if (before == OnTarget || before >= weight)
            {
                return double.NaN;
            }

            _seenAt[slot] = isTarget ? OnTarget : (ushort)weight;
            return (double)(weight - before) / (Assignment.Buckets - before);
        }

        (_units[slot], _seenAt[slot]) = (hash, isTarget ? OnTarget : (ushort)weight);
        if (++_count == Most)
        {
            Thin();
        }

        return (double)weight / Assignment.Buckets;
    }

    /// <summary>
    /// What is remembered, ten bytes a unit: its hash and where it was seen. Units follow each other as they lie in the table, from an empty slot on, so that
    /// restoring gives the same table.
    /// </summary>
    public byte[] Save()
    {
        var seen = new byte[_count * Packed];
        var first = Array.IndexOf(_units, 0UL); // at most half of the slots are taken
        for (var (i, at) = (0, 0); i < Slots && _count > 0; i++)
        {
            var slot = (first + i) & (Slots - 1);
            if (_units[slot] != 0)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(seen.AsSpan(at), _units[slot]);
                BinaryPrimitives.WriteUInt16LittleEndian(seen.AsSpan(at + sizeof(ulong)), _seenAt[slot]);
                at += Packed;
            }
        }

        return seen;
    }

    /// <param name="seen">What <see cref="Save"/> gave.</param>
    /// <param name="oneIn">One unit in how many was taken then.</param>
    public void Restore(ReadOnlySpan<byte> seen, double oneIn)
    {
        Array.Clear(_units);
        (_sampleMask, _count) = ((ulong)oneIn - 1, Math.Min(seen.Length / Packed, Most - 1));
        for (var i = 0; i < _count; i++)
        {
            var unit = seen.Slice(i * Packed, Packed);
            var hash = BinaryPrimitives.ReadUInt64LittleEndian(unit);
            var slot = Slot(_units, hash);
            (_units[slot], _seenAt[slot]) = (hash, BinaryPrimitives.ReadUInt16LittleEndian(unit[sizeof(ulong)..]));
        }
    }

    private static int Slot(ulong[] units, ulong hash)
    {
        var slot = (int)(hash >> 40) & (Slots - 1);
        while (units[slot] != 0 && units[slot] != hash)
        {
            slot = (slot + 1) & (Slots - 1);
        }

        return slot;
    }

    private void Thin()
    {
        _sampleMask = (_sampleMask << 1) | 1;
        _count = 0;
        Array.Clear(_spare);
        for (var i = 0; i < Slots; i++)
        {
            if (_units[i] != 0 && (_units[i] & _sampleMask) == 0)
            {
                var slot = Slot(_spare, _units[i]);
                (_spare[slot], _spareSeenAt[slot]) = (_units[i], _seenAt[i]);
                _count++;
            }
        }

        (_units, _spare, _seenAt, _spareSeenAt) = (_spare, _units, _spareSeenAt, _seenAt);
    }
}

using System.Buffers.Binary;

namespace Gateflow.Core.Quality;

/// <summary>Sums and counts of many answers' parts. They merge, and pack into a few bytes.</summary>
public sealed class PartSums
{
    private const int Size = sizeof(double) + sizeof(long);

    private readonly double[] _sums = new double[QualityWeights.Parts.Count];
    private readonly long[] _counts = new long[QualityWeights.Parts.Count];

    /// <summary>Answers in which the part was there.</summary>
    public long Count(QualityPart part) => _counts[(int)part];

    /// <summary>The part's mean; null when it was in no answer.</summary>
    public double? Mean(QualityPart part) => _counts[(int)part] == 0 ? null : _sums[(int)part] / _counts[(int)part];

    /// <summary>Answers that failed a part of yes and no: empty, invalid, cut off, refused.</summary>
    public long Failed(QualityPart part) => _counts[(int)part] - (long)Math.Round(_sums[(int)part]);

    public void Add(in AnswerParts parts)
    {
        foreach (var part in QualityWeights.Parts)
        {
            if (parts.Has(part))
            {
                Add(part, parts[part], 1);
            }
        }
    }

    public void Add(QualityPart part, double sum, long count)
    {
        _sums[(int)part] += sum;
        _counts[(int)part] += count;
    }

    public void Merge(PartSums other)
    {
        foreach (var part in QualityWeights.Parts)
        {
            Add(part, other._sums[(int)part], other._counts[(int)part]);
        }
    }

    /// <summary>The bytes of <see cref="Unpack"/>; none when there is nothing.</summary>
    public byte[] Pack()
    {
        if (Array.TrueForAll(_counts, count => count == 0))
        {
            return [];
        }

        var bytes = new byte[Size * _sums.Length];
        for (var i = 0; i < _sums.Length; i++)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(i * Size), _sums[i]);
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan((i * Size) + sizeof(double)), _counts[i]);
        }

        return bytes;
    }

    /// <summary>Reads what <see cref="Pack"/> wrote; parts that it did not know yet are empty.</summary>
    public static PartSums Unpack(ReadOnlySpan<byte> bytes)
    {
        var sums = new PartSums();
        for (var i = 0; i < sums._sums.Length && bytes.Length >= (i + 1) * Size; i++)
        {
            sums._sums[i] = BinaryPrimitives.ReadDoubleLittleEndian(bytes[(i * Size)..]);
            sums._counts[i] = BinaryPrimitives.ReadInt64LittleEndian(bytes[((i * Size) + sizeof(double))..]);
        }

        return sums;
    }
}

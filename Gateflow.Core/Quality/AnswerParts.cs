namespace Gateflow.Core.Quality;

/// <summary>The parts of one answer's quality, each in [0, 1] or absent. A value: it costs no allocation.</summary>
public struct AnswerParts : IEquatable<AnswerParts>
{
    private Values _values;
    private byte _present;

    /// <summary>The part's value; NaN when it is absent.</summary>
    public readonly double this[QualityPart part] => Has(part) ? _values[(int)part] : double.NaN;

    public readonly bool Has(QualityPart part) => (_present & (1 << (int)part)) != 0;

    /// <summary>True when nothing is known of the answer.</summary>
    public readonly bool IsEmpty => _present == 0;

    /// <summary>Sets a part; NaN leaves it absent.</summary>
    public void Set(QualityPart part, double value)
    {
        if (!double.IsNaN(value))
        {
            _values[(int)part] = Math.Clamp(value, 0, 1);
            _present |= (byte)(1 << (int)part);
        }
    }

    /// <summary>These parts and one more.</summary>
    public readonly AnswerParts With(QualityPart part, double value)
    {
        var copy = this;
        copy.Set(part, value);
        return copy;
    }

    /// <summary>
    /// The score in [0, 1]: 0 when the answer is empty or a demanded format was broken, else the weighted mean of the parts that are there;
    /// NaN when there are none.
    /// </summary>
    public readonly double Score
    {
        get
        {
            if (this[QualityPart.Answered] == 0 || this[QualityPart.Format] == 0)
            {
                return 0;
            }

            var (sum, weights) = (0.0, 0.0);
            foreach (var part in QualityWeights.Parts)
            {
                var weight = Has(part) ? QualityWeights.Of(part) : 0;
                sum += weight == 0 ? 0 : weight * _values[(int)part];
                weights += weight;
            }

            return weights == 0 ? double.NaN : sum / weights;
        }
    }

    public static bool operator ==(AnswerParts left, AnswerParts right) => left.Equals(right);

    public static bool operator !=(AnswerParts left, AnswerParts right) => !left.Equals(right);

    public readonly bool Equals(AnswerParts other)
    {
        foreach (var part in QualityWeights.Parts)
        {
            if (!this[part].Equals(other[part]))
            {
                return false;
            }
        }

        return true;
    }

    public override readonly bool Equals(object? obj) => obj is AnswerParts other && Equals(other);

    public override readonly int GetHashCode() => HashCode.Combine(_present, Score);

    [System.Runtime.CompilerServices.InlineArray(7)]
    private struct Values
    {
        private double _first;
    }
}

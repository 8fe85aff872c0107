namespace Gateflow.Simulator.Answers;

/// <summary>
/// A text as a vector of length 1 by feature hashing (Weinberger et al. 2009) of its words and their letter trigrams: the same
/// text gives the same vector, texts that share words point the same way. Each model has a space of its own.
/// </summary>
internal static class HashedVector
{
    private const float TrigramWeight = 0.3f;

    public static float[] Of(string text, string model, int dimensions)
    {
        var space = StableHash.Of(model);
        var vector = new float[dimensions];
        var lower = text.ToLowerInvariant();
        foreach (var range in lower.AsSpan().SplitAny(" \t\r\n.,;:!?\"'()[]{}"))
        {
            var word = lower.AsSpan(range);
            if (word.Length == 0)
            {
                continue;
            }

            Add(vector, StableHash.Of(word, space), 1);
            for (var at = 0; at + 3 <= word.Length; at++)
            {
                Add(vector, StableHash.Of(word.Slice(at, 3), ~space), TrigramWeight);
            }
        }

        var length = MathF.Sqrt(vector.Sum(value => value * value));
        if (length == 0)
        {
            vector[0] = 1;
            return vector;
        }

        for (var index = 0; index < vector.Length; index++)
        {
            vector[index] /= length;
        }

        return vector;
    }

    private static void Add(float[] vector, ulong hash, float weight) =>
        vector[hash % (ulong)vector.Length] += hash >> 63 == 0 ? weight : -weight;
}

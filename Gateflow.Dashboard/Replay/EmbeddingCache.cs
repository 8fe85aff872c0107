using System.Security.Cryptography;
using System.Text;

namespace Gateflow.Dashboard.Replay;

/// <summary>Keeps embeddings in memory, so that the same text is paid once a model; the oldest go first. Texts are kept as hashes only. Thread-safe.</summary>
internal sealed class EmbeddingCache
{
    /// <summary>Numbers kept in all: 64 MiB.</summary>
    private const long MostNumbers = 16 * 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, float[]> _vectors = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();
    private long _numbers;

    public float[]? Find(string model, string text)
    {
        lock (_lock)
        {
            return _vectors.GetValueOrDefault(Key(model, text));
        }
    }

    public void Add(string model, string text, float[] vector)
    {
        var key = Key(model, text);
        lock (_lock)
        {
            if (!_vectors.TryAdd(key, vector))
            {
                return;
            }

            _order.Enqueue(key);
            _numbers += vector.Length;
            while (_numbers > MostNumbers && _order.TryDequeue(out var oldest) && _vectors.Remove(oldest, out var gone))
            {
                _numbers -= gone.Length;
            }
        }
    }

    /// <param name="model">With its provider: ids of different providers may mean different models.</param>
    /// <param name="text">As sent.</param>
    private static string Key(string model, string text) => $"{model} {Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";
}

using System.Collections.Concurrent;

namespace Gateflow.Core.Limits;

/// <summary>The meters of this node: one for each key that has limits. They outlive every route table.</summary>
public sealed class KeyMeters
{
    private readonly ConcurrentDictionary<string, KeyMeter> _meters = new(StringComparer.Ordinal);

    /// <summary>The meter of a key; null when it has never been limited.</summary>
    public KeyMeter? Find(string keyId) => _meters.GetValueOrDefault(keyId);

    /// <summary>The meter of a key; a new one at its first use.</summary>
    public KeyMeter Of(string keyId) => _meters.GetOrAdd(keyId, static _ => new KeyMeter());
}

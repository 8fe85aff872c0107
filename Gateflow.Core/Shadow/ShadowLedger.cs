using System.Collections.Concurrent;

namespace Gateflow.Core.Shadow;

/// <summary>The tallies of all mirrored migrations on this node.</summary>
public sealed class ShadowLedger
{
    private readonly ConcurrentDictionary<string, ShadowTally> _tallies = new(StringComparer.Ordinal);

    /// <summary>Migrations that have a tally here.</summary>
    public IReadOnlyCollection<string> Known => [.. _tallies.Keys];

    /// <summary>The tally of a migration; a new one where there was none.</summary>
    public ShadowTally Of(string migrationId) => _tallies.GetOrAdd(migrationId, static _ => new ShadowTally());

    /// <summary>The tally of a migration; null when none of its requests was mirrored here.</summary>
    public ShadowTally? Find(string migrationId) => _tallies.GetValueOrDefault(migrationId);
}

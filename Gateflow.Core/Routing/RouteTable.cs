using System.Collections.Frozen;
using Gateflow.Core.Access;
using Gateflow.Core.Fallbacks;

namespace Gateflow.Core.Routing;

/// <summary>
/// Everything that a request's way needs to know, as one immutable snapshot that is swapped atomically; a request reads it once.
/// </summary>
public sealed record RouteTable
{
    public static readonly RouteTable Empty = new();

    /// <summary>Grows with every change of routing that is stored; nodes compare it.</summary>
    public long Version { get; init; }

    /// <summary>Known models by id and by "provider/id"; the providers of a model in order of preference, none when nobody serves it.</summary>
    public FrozenDictionary<string, ModelRoute> Models { get; init; } = FrozenDictionary<string, ModelRoute>.Empty;

    /// <summary>Names that the customer gave to models.</summary>
    public FrozenDictionary<string, string> Aliases { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>Running and completed migrations by source model: completed ones first, among each the scoped ones.</summary>
    public FrozenDictionary<string, MigrationRoute[]> Migrations { get; init; } = FrozenDictionary<string, MigrationRoute[]>.Empty;

    /// <summary>Chains that are enabled, by primary model.</summary>
    public FrozenDictionary<string, FallbackRoute> Fallbacks { get; init; } = FrozenDictionary<string, FallbackRoute>.Empty;

    /// <summary>The global switch of automatic replacement on the catalog's date.</summary>
    public bool AutoFallback { get; init; }

    /// <summary>Keys by the SHA-256 of their secret.</summary>
    public FrozenDictionary<KeyHash, KeyEntry> Keys { get; init; } = FrozenDictionary<KeyHash, KeyEntry>.Empty;

    /// <summary>The route of a migration; null when it is not routed: not started, or rolled back.</summary>
    public MigrationRoute? FindMigration(string id)
    {
        foreach (var list in Migrations.Values)
        {
            foreach (var route in list)
            {
                if (route.MigrationId == id)
                {
                    return route;
                }
            }
        }

        return null;
    }
}

namespace Gateflow.Core.Rollout;

/// <summary>
/// Which arm a unit takes: a pure function of migration, unit and weight, the same on every node. A unit's bucket never changes,
/// so raising the weight only adds units to the target.
/// </summary>
public static class Assignment
{
    /// <summary>Number of buckets: a weight of 10000 is all traffic.</summary>
    public const int Buckets = 10_000;

    /// <summary>True when the unit belongs to the target arm.</summary>
    /// <param name="migrationId">The migration's id: units are dealt anew for each migration.</param>
    /// <param name="unit">Stable hash of what sticks (conversation, user, key or request).</param>
    /// <param name="weight">Share of the target in hundredths of a percent, 0–10000.</param>
    public static bool IsTarget(string migrationId, ulong unit, int weight) => Bucket(migrationId, unit) < weight;

    /// <summary>The unit's bucket in this migration, 0–9999.</summary>
    public static int Bucket(string migrationId, ulong unit) =>
        (int)(StableHash.Combine(StableHash.Of(migrationId.AsSpan()), unit) % Buckets);
}

namespace Gateflow.Core.Usage;

/// <summary>
/// What requests add to the database, stored together, once: the id is stored with it, so that a batch whose commit was in doubt is not stored twice.
/// Sums and the requests chosen for the log or as samples, never all requests: its size grows with series and seconds.
/// </summary>
internal sealed record UsageBatch
{
    public required Guid Id { get; init; }

    /// <summary>Requests folded in.</summary>
    public required int Requests { get; init; }

    public required IReadOnlyCollection<KeyValuePair<RollupKey, RollupTally>> Rollups { get; init; }

    public required IReadOnlyCollection<KeyValuePair<DayKey, RollupTally>> Users { get; init; }

    public required IReadOnlyCollection<KeyValuePair<WindowKey, WindowTally>> Windows { get; init; }

    /// <summary>Requests that are logged.</summary>
    public required IReadOnlyList<RequestRow> Rows { get; init; }

    /// <summary>Requests that carry bodies.</summary>
    public required IReadOnlyList<RequestRecord> Samples { get; init; }
}

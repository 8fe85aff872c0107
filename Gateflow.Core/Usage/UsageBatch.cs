namespace Gateflow.Core.Usage;

/// <summary>Requests that are stored together, once: the id is stored with them, so that a batch whose commit was in doubt is not stored twice.</summary>
internal sealed record UsageBatch
{
    public required Guid Id { get; init; }

    public required IReadOnlyList<RequestRecord> Records { get; init; }

    /// <summary>For each request the share of its like that is logged; 0 for one that is not logged.</summary>
    public required IReadOnlyList<double> Rates { get; init; }
}

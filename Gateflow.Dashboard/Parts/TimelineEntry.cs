namespace Gateflow.Dashboard.Parts;

/// <summary>One entry of a timeline: what happened, who did it, when, and why.</summary>
public sealed record TimelineEntry
{
    /// <summary>Identifies the entry over updates.</summary>
    public required string Key { get; init; }

    public required Look Look { get; init; }

    /// <summary>What, when the look's word alone does not say it: "Step 3 of 10: 30 %".</summary>
    public string? What { get; init; }

    /// <summary>"gateflow" is the program itself.</summary>
    public required string Who { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>The reason or the numbers, one sentence.</summary>
    public string? Why { get; init; }
}

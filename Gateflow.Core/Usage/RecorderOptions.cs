namespace Gateflow.Core.Usage;

/// <summary>Where and under which name the recorder writes.</summary>
public sealed record RecorderOptions
{
    /// <summary>Name under which this node writes its rows; the same after a restart, another on each node.</summary>
    public required string Node { get; init; }

    /// <summary>Folder that the spool lies in.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Most logged requests of one transaction.</summary>
    public int BatchRows { get; init; } = 1_000;
}

using System.Text.Json.Nodes;

namespace Gateflow.Benchmarks.MainJob;

/// <summary>One migration from draft to its end, as the management API told it.</summary>
internal sealed record MigrationRun
{
    public required string Id { get; init; }

    public required string Target { get; init; }

    /// <summary>Requests that the usage analysis counted when the draft was made.</summary>
    public required long Analyzed { get; init; }

    /// <summary>Checks of the compatibility report that failed, each with its detail; empty when the target is compatible.</summary>
    public required IReadOnlyList<string> Incompatible { get; init; }

    /// <summary>Results of the replay; null when none was run.</summary>
    public JsonObject? Test { get; init; }

    /// <summary>Milliseconds that a step was configured to hold.</summary>
    public required TimeSpan Interval { get; init; }

    /// <summary>The migration when it had ended.</summary>
    public required JsonObject View { get; init; }

    public IReadOnlyList<JsonObject> Events { get; init; } = [];

    /// <summary>When the target was told to fail; null when it was not.</summary>
    public DateTimeOffset? InjectedAt { get; init; }

    /// <summary>The entry in the history of rollbacks; null when there is none.</summary>
    public JsonObject? Rollback { get; init; }

    public string Status => View["status"]!.GetValue<string>();
}

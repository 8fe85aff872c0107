using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Gateflow.Core.Compatibility;
using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;
using Gateflow.Core.Webhooks;
using Gateflow.Dashboard.Migrations;
using Gateflow.Dashboard.Replay;

namespace Gateflow.Dashboard.EvidencePacks;

/// <summary>Everything that a migration was decided on, in one document: for whoever must answer for it later. It holds no prompt and no answer.</summary>
public sealed record EvidencePack
{
    public string Format { get; } = "gateflow.evidence_pack/1";

    public required DateTimeOffset GeneratedAt { get; init; }

    /// <summary>The version of Gateflow that wrote it.</summary>
    public required string SoftwareVersion { get; init; }

    /// <summary>As GET /migrations/{id} shows it.</summary>
    public required MigrationView Migration { get; init; }

    public required MigrationConfig Configuration { get; init; }

    /// <summary>The compiled steps.</summary>
    public required IReadOnlyList<RolloutStep> Steps { get; init; }

    public CompatibilityReport? Compatibility { get; init; }

    /// <summary>Oldest first.</summary>
    public required IReadOnlyList<PackTest> Tests { get; init; }

    /// <summary>Every change of a guardrail's verdict with its numbers, oldest first; those in force now stand in <see cref="Migration"/>.</summary>
    public required IReadOnlyList<PackVerdict> Verdicts { get; init; }

    /// <summary>What people decided, approvals among it, oldest first.</summary>
    public required IReadOnlyList<PackDecision> Decisions { get; init; }

    public required PackArm Source { get; init; }

    public required PackArm Target { get; init; }

    /// <summary>Newest first; empty when it was not rolled back.</summary>
    public required IReadOnlyList<RollbackView> Rollbacks { get; init; }

    /// <summary>Newest first.</summary>
    public required IReadOnlyList<JsonObject> Drills { get; init; }

    /// <summary>What webhooks were told, oldest first.</summary>
    public required IReadOnlyList<PackMessage> Messages { get; init; }

    /// <summary>All events, oldest first.</summary>
    public required IReadOnlyList<EventView> Timeline { get; init; }
}

/// <summary>A test with the hashes of the stored requests that it rests on.</summary>
public sealed record PackTest(ReplayView Test, IReadOnlyList<PackSample> Samples);

/// <summary>One stored request of a test.</summary>
/// <param name="SampleId">Its id.</param>
/// <param name="Sha256">SHA-256 of its body in hexadecimal; null when it was not kept and the request is deleted.</param>
public sealed record PackSample(string SampleId, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Sha256);

/// <summary>A verdict as it changed.</summary>
public sealed record PackVerdict(
    DateTimeOffset At, string Guardrail, string From, string To, double? Evidence, double? Threshold, long? Samples, string? Detail);

/// <summary>What a person decided.</summary>
public sealed record PackDecision(DateTimeOffset At, string Actor, MigrationEventType What, double? Weight, string? Reason);

/// <summary>A message to a webhook.</summary>
public sealed record PackMessage(string Id, string Event, DateTimeOffset At, DeliveryStatus Status, int Attempts, DateTimeOffset? DeliveredAt);

/// <summary>What became of the requests of one arm since the start; money in USD.</summary>
public sealed record PackArm
{
    public required string? Model { get; init; }

    public required long Requests { get; init; }

    public required long Successes { get; init; }

    /// <summary>The arm's own failures.</summary>
    public required long Failures { get; init; }

    /// <summary>The part of <see cref="Failures"/> that broke off after its first byte.</summary>
    public required long BrokenStreams { get; init; }

    public required long OutageBoth { get; init; }

    public required long ClientFaults { get; init; }

    public required long RateLimited { get; init; }

    public required long Policy { get; init; }

    public required long Cancelled { get; init; }

    /// <summary>Requests of the target's arm that the source answered.</summary>
    public required long Fallbacks { get; init; }

    public required long InputTokens { get; init; }

    public required long OutputTokens { get; init; }

    /// <summary>Of the requests whose price is known.</summary>
    public required decimal Cost { get; init; }

    /// <summary>Requests whose price is unknown: they are not in <see cref="Cost"/>.</summary>
    public required long UnpricedRequests { get; init; }
}

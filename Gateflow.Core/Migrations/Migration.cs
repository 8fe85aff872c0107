using System.Text.Json.Nodes;
using Gateflow.Core.Compatibility;
using Gateflow.Core.Recommendations;
using Gateflow.Core.Rollout;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;

namespace Gateflow.Core.Migrations;

/// <summary>
/// One replacement of a model by another, from draft to its end. Each transition is one method that either changes the state and notes
/// the event, or refuses with a reason and changes nothing. The concurrency token moves only with state, step or configuration.
/// </summary>
public sealed partial class Migration : IVersioned
{
    private static readonly string ShadowDone = Wire.Name(Rollout.HoldReason.ShadowDone);

    private readonly List<MigrationEvent> _events = [];

    /// <summary>"mig_…".</summary>
    public required string Id { get; init; }

    public string? Name { get; set; }

    public required string SourceModel { get; init; }

    public string? TargetModel { get; private set; }

    public MigrationStatus Status { get; private set; } = MigrationStatus.Draft;

    public MigrationConfig Config { get; private set; } = new();

    /// <summary>Index into the compiled steps; −1 before the start. One that an earlier version stored, which compiled more steps, is read as the place that fits.</summary>
    public int Step { get => Place(field, Steps()); private set; } = -1;

    /// <summary>Percentage of traffic configured on the target.</summary>
    public double Weight { get; private set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    public DateTimeOffset? StartedAt { get; private set; }

    public DateTimeOffset? StepStartedAt { get; private set; }

    public DateTimeOffset? SoakStartedAt { get; private set; }

    public DateTimeOffset? FinishedAt { get; private set; }

    /// <summary>When the present hold began; null while nothing holds.</summary>
    public DateTimeOffset? HeldSince { get; private set; }

    /// <summary>When people were told of the present hold; null while they were not.</summary>
    public DateTimeOffset? HoldToldAt { get; private set; }

    /// <summary>Why it holds, as a code; null while nothing holds.</summary>
    public string? HoldReason { get; private set; }

    /// <summary>Who approved leaving the present step: each person or key once.</summary>
    public IReadOnlyList<string> ApprovedBy { get; private set; } = [];

    /// <summary>Approvals given to the present gate.</summary>
    public int Approvals => ApprovedBy.Count;

    /// <summary>True when the source model ran on a schedule of the demo.</summary>
    public bool Demo { get; init; }

    public UsageAnalysis? Analysis { get; private set; }

    public IReadOnlyList<Recommendation> Recommendations { get; private set; } = [];

    public CompatibilityReport? Compatibility { get; private set; }

    /// <summary>The latest test, "test_…".</summary>
    public string? TestId { get; private set; }

    public Guid Version { get; set; }

    /// <summary>Events noted by transitions and not yet stored.</summary>
    public IReadOnlyList<MigrationEvent> NewEvents => _events;

    /// <summary>True while traffic is or may be on the target under evidence.</summary>
    public bool IsRunning => Status is MigrationStatus.InProgress or MigrationStatus.Paused or MigrationStatus.Soaking;

    /// <summary>True when the shadow phase is over and a person's resume starts what follows.</summary>
    public bool IsShadowDone => HoldReason == ShadowDone;

    public IReadOnlyList<RolloutStep> Steps() => RolloutSteps.Compile(Config);

    /// <summary>The verbs that the present state allows.</summary>
    public IReadOnlyList<string> Allowed() => Status switch
    {
        MigrationStatus.Draft => ["configure", "execute", "cancel"],
        MigrationStatus.Scheduled => ["configure", "execute", "cancel"],
        MigrationStatus.InProgress => ["pause", "advance", "promote", .. ApprovalVerb, "rollback"],
        MigrationStatus.Paused => ["configure", "resume", "advance", "promote", .. ApprovalVerb, "rollback"],
        MigrationStatus.Soaking => ["advance", "rollback"],
        MigrationStatus.Completed => ["rollback"],
        _ => [],
    };

    /// <summary>Forgets the events once they are stored.</summary>
    public void EventsStored() => _events.Clear();

    private JsonObject StepData(string? reason = null) => With(new JsonObject { ["weight"] = Weight, ["step"] = Step }, reason);

    private static JsonObject With(JsonObject data, string? reason)
    {
        if (!string.IsNullOrWhiteSpace(reason))
        {
            data["reason"] = reason;
        }

        return data;
    }

    private void Note(MigrationEventType type, string actor, DateTimeOffset now, JsonObject data) =>
        _events.Add(new MigrationEvent { MigrationId = Id, Type = type, At = now, Actor = actor, Data = data });
}

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
public sealed class Migration : IVersioned
{
    private readonly List<MigrationEvent> _events = [];

    /// <summary>"mig_…".</summary>
    public required string Id { get; init; }

    public string? Name { get; set; }

    public required string SourceModel { get; init; }

    public string? TargetModel { get; private set; }

    public MigrationStatus Status { get; private set; } = MigrationStatus.Draft;

    public MigrationConfig Config { get; private set; } = new();

    /// <summary>Index into the compiled steps; −1 before the start.</summary>
    public int Step { get; private set; } = -1;

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

    /// <summary>Approvals given to the present gate.</summary>
    public int Approvals { get; private set; }

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

    public IReadOnlyList<RolloutStep> Steps() => RolloutSteps.Compile(Config);

    /// <summary>The verbs that the present state allows.</summary>
    public IReadOnlyList<string> Allowed() => Status switch
    {
        MigrationStatus.Draft => ["configure", "execute", "cancel"],
        MigrationStatus.Scheduled => ["configure", "execute", "cancel"],
        MigrationStatus.InProgress => ["pause", "advance", "promote", "approve", "rollback"],
        MigrationStatus.Paused => ["configure", "resume", "advance", "promote", "approve", "rollback"],
        MigrationStatus.Soaking => ["advance", "rollback"],
        MigrationStatus.Completed => ["rollback"],
        _ => [],
    };

    public void Create(string actor, DateTimeOffset now, JsonObject data) => Note(MigrationEventType.Created, actor, now, data);

    public void Analyze(UsageAnalysis analysis, IReadOnlyList<Recommendation> recommendations, string actor, DateTimeOffset now)
    {
        Analysis = analysis;
        Recommendations = recommendations;
        Note(MigrationEventType.Analyzed, actor, now, new JsonObject { ["total_requests"] = analysis.TotalRequests });
        Note(MigrationEventType.Recommended, actor, now, new JsonObject
        {
            ["models"] = new JsonArray([.. recommendations.Select(r => JsonValue.Create(r.Model))]),
        });
    }

    public void CheckCompatibility(CompatibilityReport report, string actor, DateTimeOffset now)
    {
        Compatibility = report;
        Note(MigrationEventType.CompatibilityChecked, actor, now, new JsonObject
        {
            ["target_model"] = report.TargetModel, ["compatible"] = report.Compatible,
        });
    }

    public void StartTest(string testId) => TestId = testId;

    public void FinishTest(string testId, string recommendation, string actor, DateTimeOffset now)
    {
        TestId = testId;
        Note(MigrationEventType.Tested, actor, now, new JsonObject { ["test_id"] = testId, ["recommendation"] = recommendation });
    }

    /// <summary>Replaces target and configuration. In draft and scheduled everything may change; paused: steps, interval, windows and min_samples.</summary>
    public Refusal? Configure(string? target, MigrationConfig config, IReadOnlyList<string> fields, string actor, DateTimeOffset now)
    {
        if (Status is not (MigrationStatus.Draft or MigrationStatus.Scheduled))
        {
            if (Status != MigrationStatus.Paused)
            {
                return Illegal("configure");
            }

            string[] whilePaused = ["steps", "canary_percentage", "increase_step", "increase_interval_minutes", "windows", "blackouts", "min_samples"];
            if (fields.FirstOrDefault(f => !whilePaused.Contains(f)) is { } locked)
            {
                return new Refusal(RefusalKind.Conflict, "not_editable",
                    $"'{locked}' cannot change after the start. While paused only {string.Join(", ", whilePaused)} may.")
                {
                    Param = locked, Status = Status, Allowed = Allowed(),
                };
            }
        }

        TargetModel = target;
        Config = config;
        Note(MigrationEventType.Configured, actor, now, new JsonObject
        {
            ["fields"] = new JsonArray([.. fields.Select(f => JsonValue.Create(f))]),
        });
        return null;
    }

    /// <summary>Starts, or waits for the hour when a schedule lies ahead. <paramref name="actor"/> "gateflow" starts what was scheduled.</summary>
    public Refusal? Execute(string actor, DateTimeOffset now)
    {
        if (Status is not (MigrationStatus.Draft or MigrationStatus.Scheduled))
        {
            return Illegal("execute");
        }

        if (TargetModel is null)
        {
            return Refusal.Invalid("target_model", "Choose a target model before executing.");
        }

        if (Config.Strategy == Strategy.Scheduled && Status == MigrationStatus.Draft && Config.ExecuteAt > now)
        {
            Status = MigrationStatus.Scheduled;
            Note(MigrationEventType.Scheduled, actor, now, new JsonObject { ["execute_at"] = Config.ExecuteAt?.ToString("O") });
            return null;
        }

        Status = MigrationStatus.InProgress;
        StartedAt = now;
        EnterStep(0, now);
        Note(MigrationEventType.Started, actor, now, StepData());
        return null;
    }

    /// <summary>Takes the next step; at 100 % the soak follows, and from the soak completion.</summary>
    public Refusal? Advance(string actor, DateTimeOffset now, string? reason = null)
    {
        if (Status is not (MigrationStatus.InProgress or MigrationStatus.Paused or MigrationStatus.Soaking))
        {
            return Illegal("advance");
        }

        if (Status == MigrationStatus.Soaking)
        {
            return Complete(actor, now, reason);
        }

        if (Step + 1 >= Steps().Count)
        {
            return Soak(actor, now, reason);
        }

        EnterStep(Step + 1, now);
        if (Status == MigrationStatus.Paused && HoldReason is null)
        {
            Status = MigrationStatus.InProgress;
        }

        Note(MigrationEventType.StepAdvanced, actor, now, StepData(reason));
        return null;
    }

    /// <summary>All traffic to the target now.</summary>
    public Refusal? Promote(string actor, DateTimeOffset now, string? reason)
    {
        if (Status is not (MigrationStatus.InProgress or MigrationStatus.Paused))
        {
            return Illegal("promote");
        }

        Status = MigrationStatus.InProgress;
        EnterStep(Steps().Count - 1, now);
        Note(MigrationEventType.Promoted, actor, now, StepData(reason));
        return null;
    }

    /// <summary>Begins the watch at 100 %, guardrails armed.</summary>
    public Refusal? Soak(string actor, DateTimeOffset now, string? reason = null)
    {
        if (Status is not (MigrationStatus.InProgress or MigrationStatus.Paused))
        {
            return Illegal("advance");
        }

        Status = MigrationStatus.Soaking;
        SoakStartedAt = now;
        StepStartedAt = now;
        ClearHold();
        Note(MigrationEventType.Soaking, actor, now, With(new JsonObject { ["soak_minutes"] = Config.Soak.TotalMinutes }, reason));
        return null;
    }

    public Refusal? Complete(string actor, DateTimeOffset now, string? reason = null)
    {
        if (Status != MigrationStatus.Soaking)
        {
            return Illegal("advance");
        }

        Status = MigrationStatus.Completed;
        FinishedAt = now;
        ClearHold();
        Note(MigrationEventType.Completed, actor, now, With([], reason));
        return null;
    }

    public Refusal? Pause(string actor, DateTimeOffset now, string? reason)
    {
        if (Status != MigrationStatus.InProgress)
        {
            return Illegal("pause");
        }

        Status = MigrationStatus.Paused;
        Note(MigrationEventType.Paused, actor, now, StepData(reason));
        return null;
    }

    public Refusal? Resume(string actor, DateTimeOffset now, string? reason)
    {
        if (Status != MigrationStatus.Paused)
        {
            return Illegal("resume");
        }

        Status = MigrationStatus.InProgress;
        ClearHold();
        Note(MigrationEventType.Resumed, actor, now, StepData(reason));
        return null;
    }

    public Refusal? Approve(string actor, DateTimeOffset now, string? reason)
    {
        if (Status is not (MigrationStatus.InProgress or MigrationStatus.Paused))
        {
            return Illegal("approve");
        }

        Approvals++;
        Note(MigrationEventType.Approved, actor, now, StepData(reason));
        return null;
    }

    public Refusal? Cancel(string actor, DateTimeOffset now, string? reason)
    {
        if (Status is not (MigrationStatus.Draft or MigrationStatus.Scheduled))
        {
            return Illegal("cancel");
        }

        Status = MigrationStatus.Cancelled;
        FinishedAt = now;
        Note(MigrationEventType.Cancelled, actor, now, With([], reason));
        return null;
    }

    /// <summary>All traffic back to the source. Legal from every running state and from completed.</summary>
    public Refusal? RollBack(string actor, DateTimeOffset now, JsonObject data)
    {
        if (!IsRunning && Status != MigrationStatus.Completed)
        {
            return Illegal("rollback");
        }

        data["weight"] = Weight;
        data["step"] = Step;
        Status = MigrationStatus.RolledBack;
        Weight = 0;
        FinishedAt = now;
        ClearHold();
        Note(MigrationEventType.RolledBack, actor, now, data);
        return null;
    }

    /// <summary>Notes that the present step waits. Null when it already holds for that reason; then nothing is to be stored.</summary>
    public bool Hold(string reason, string sentence, DateTimeOffset now)
    {
        if (HoldReason == reason)
        {
            return false;
        }

        HoldReason = reason;
        HeldSince ??= now;
        Note(MigrationEventType.Held, "gateflow", now, new JsonObject { ["reason"] = reason, ["detail"] = sentence });
        return true;
    }

    /// <summary>Takes note that people are told of the hold; false when it is over, younger than <paramref name="patience"/>, or was told.</summary>
    public bool TellHold(DateTimeOffset now, TimeSpan patience)
    {
        if (!IsRunning || HoldToldAt is not null || HeldSince is not { } since || now - since < patience)
        {
            return false;
        }

        HoldToldAt = now;
        return true;
    }

    /// <summary>Ends a hold whose cause is gone; false when nothing held.</summary>
    public bool Release()
    {
        if (HoldReason is null)
        {
            return false;
        }

        ClearHold();
        return true;
    }

    public void NoteVerdict(GuardrailReading reading, Verdict before, DateTimeOffset now) =>
        Note(MigrationEventType.VerdictChanged, "gateflow", now, new JsonObject
        {
            ["guardrail"] = Wire.Name(reading.Guardrail),
            ["from"] = Wire.Name(before),
            ["to"] = Wire.Name(reading.Verdict),
            ["evidence"] = Math.Round(reading.Evidence, 3),
            ["threshold"] = Math.Round(reading.Threshold, 3),
            ["samples"] = reading.Samples,
            ["detail"] = reading.Detail,
        });

    /// <summary>Forgets the events once they are stored.</summary>
    public void EventsStored() => _events.Clear();

    private void EnterStep(int step, DateTimeOffset now)
    {
        Step = step;
        Weight = Steps()[step].Weight;
        StepStartedAt = now;
        Approvals = 0;
        ClearHold();
    }

    private void ClearHold()
    {
        HeldSince = null;
        HoldReason = null;
        HoldToldAt = null;
    }

    private JsonObject StepData(string? reason = null) => With(new JsonObject { ["weight"] = Weight, ["step"] = Step }, reason);

    private static JsonObject With(JsonObject data, string? reason)
    {
        if (!string.IsNullOrWhiteSpace(reason))
        {
            data["reason"] = reason;
        }

        return data;
    }

    private Refusal Illegal(string verb) =>
        new(RefusalKind.Conflict, "illegal_transition", $"A migration that is {Wire.Name(Status)} cannot {verb}. Allowed now: {(Allowed().Count == 0 ? "nothing" : string.Join(", ", Allowed()))}.")
        {
            Status = Status, Allowed = Allowed(),
        };

    private void Note(MigrationEventType type, string actor, DateTimeOffset now, JsonObject data) =>
        _events.Add(new MigrationEvent { MigrationId = Id, Type = type, At = now, Actor = actor, Data = data });
}

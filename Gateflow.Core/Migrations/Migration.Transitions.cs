using System.Text.Json.Nodes;

namespace Gateflow.Core.Migrations;

/// <content>Transitions: the verbs that move traffic, refused with a reason where the state does not allow them.</content>
public sealed partial class Migration
{
    /// <summary>
    /// Starts, or waits for the hour when a schedule lies ahead or the windows are closed. Whoever executes what is scheduled, the program at its
    /// hour or a person before it, starts it.
    /// </summary>
    public Refusal? Execute(string actor, DateTimeOffset now, string? reason = null)
    {
        if (Status is not (MigrationStatus.Draft or MigrationStatus.Scheduled))
        {
            return Illegal("execute");
        }

        if (TargetModel is null)
        {
            return Refusal.Invalid("target_model", "Choose a target model before executing.");
        }

        var at = Status == MigrationStatus.Draft ? StartsAt(now) : now;
        if (at is null)
        {
            return NeverStarts();
        }

        if (at > now)
        {
            Status = MigrationStatus.Scheduled;
            Note(MigrationEventType.Scheduled, actor, now, With(new JsonObject { ["execute_at"] = at.Value.ToString("O") }, reason));
            return null;
        }

        Status = MigrationStatus.InProgress;
        StartedAt = now;
        EnterStep(0, now);
        Note(MigrationEventType.Started, actor, now, StepData(reason));
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

        if (Obstacle(actor, now, reason, Step, raises: Step + 1 < Steps().Count) is { } obstacle)
        {
            return obstacle;
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

        if (Obstacle(actor, now, reason, Steps().Count - 2, raises: Step + 1 < Steps().Count) is { } obstacle)
        {
            return obstacle;
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

    /// <param name="pausedAt">Since when it is paused. Copies rest meanwhile, and with them the time of a shadow phase; that of other steps goes on, as their traffic does.</param>
    public Refusal? Resume(string actor, DateTimeOffset now, string? reason, DateTimeOffset? pausedAt = null)
    {
        if (Status != MigrationStatus.Paused)
        {
            return Illegal("resume");
        }

        if (IsShadowDone)
        {
            if (Obstacle(actor, now, reason, Step, raises: true) is { } obstacle)
            {
                return obstacle;
            }

            Status = MigrationStatus.InProgress;
            EnterStep(Step + 1, now);
            Note(MigrationEventType.Resumed, actor, now, StepData(reason));
            Note(MigrationEventType.StepAdvanced, actor, now, StepData());
            return null;
        }

        Status = MigrationStatus.InProgress;
        if (Steps()[Step].IsShadow && pausedAt is { } since)
        {
            StepStartedAt = now - (since > StepStartedAt ? since - StepStartedAt : TimeSpan.Zero);
        }

        ClearHold();
        Note(MigrationEventType.Resumed, actor, now, StepData(reason));
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
        ClearHold();
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

    private void EnterStep(int step, DateTimeOffset now)
    {
        Step = step;
        Weight = Steps()[step].Weight;
        StepStartedAt = now;
        ApprovedBy = [];
        ClearHold();
    }
}

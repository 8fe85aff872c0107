using System.Text.Json.Nodes;
using Gateflow.Core.Rollout;

namespace Gateflow.Core.Migrations;

/// <content>What may be edited when: before the start everything, while paused how it goes on.</content>
public sealed partial class Migration
{
    private static readonly string[] StepFields = ["steps", "canary_percentage", "increase_step", "increase_interval_minutes"];

    private static readonly string[] WhilePaused = [.. StepFields, "windows", "blackouts", "min_samples", "auto_rollback", "rollback_threshold"];

    /// <summary>Replaces target and configuration. In draft and scheduled everything may change; paused: steps, interval, windows, min_samples, auto_rollback, and tighter limits.</summary>
    public Refusal? Configure(string? target, MigrationConfig config, IReadOnlyList<string> fields, string actor, DateTimeOffset now)
    {
        if (Status is MigrationStatus.Draft or MigrationStatus.Scheduled)
        {
            if (Unasked(config, now) is { } start)
            {
                return start;
            }

            ClearHold(); // a start that waited for another may be free by this
        }
        else
        {
            if (Status != MigrationStatus.Paused)
            {
                return Illegal("configure");
            }

            if ((fields.FirstOrDefault(f => !WhilePaused.Contains(f)) is { } locked ? NotEditable(locked) : Loosened(Config.RollbackThreshold, config.RollbackThreshold) ?? Replan(config, fields, now)) is { } refusal)
            {
                return refusal;
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

    /// <summary>
    /// Why what waits for its hour may not be changed so: it would start at once, which nobody has asked for, or never. What was due already and waits for
    /// something else was asked for.
    /// </summary>
    private Refusal? Unasked(MigrationConfig config, DateTimeOffset now) => Status != MigrationStatus.Scheduled ? null : StartsAt(config, now) switch
    {
        null => NeverStarts(),
        { } at when at <= now && !(StartsAt(now) <= now) =>
            Refuse("starts_at_once", $"{Situation} With this change it would start at once. Give it an hour to come (strategy 'scheduled' with 'execute_at'); to start it now, execute it."),
        _ => null,
    };

    /// <summary>
    /// Finds the place in changed steps: the last one not above the present weight, which stays as it is until the next step. Approvals of the old
    /// plan lapse, and where the place is another its time and its requests are counted anew.
    /// </summary>
    private Refusal? Replan(MigrationConfig config, IReadOnlyList<string> fields, DateTimeOffset now)
    {
        if (!fields.Any(StepFields.Contains))
        {
            return null;
        }

        var steps = RolloutSteps.Compile(config);
        var place = Place(Step < steps.Count && steps[Step].Weight == Weight ? Step : steps.Count - 1, steps);
        if (steps[place].Weight > Weight)
        {
            return Refusal.Invalid(fields.First(StepFields.Contains),
                FormattableString.Invariant($"The new steps begin at {steps[0].Weight:0.##} %, above the {Weight:0.##} % that the target has now. Begin there or below."));
        }

        ApprovedBy = [];
        (Step, StepStartedAt) = (place, place == Step ? StepStartedAt : now);

        return null;
    }

    /// <summary>The step itself, or the last one before it that is not above the present weight; the first where all are.</summary>
    private int Place(int step, IReadOnlyList<RolloutStep> steps)
    {
        step = Math.Min(step, steps.Count - 1);
        while (step > 0 && IsRunning && steps[step].Weight > Weight)
        {
            step--;
        }

        return step;
    }

    /// <summary>
    /// After the start a limit may only be tightened: evidence against the looser limit is evidence against the tighter one too, and never the other
    /// way round. A guardrail that was not armed has no share of α, and none is left for it.
    /// </summary>
    private Refusal? Loosened(RollbackThreshold before, RollbackThreshold after)
    {
        foreach (var (name, old, limit) in new[]
        {
            ("error_rate", before.ErrorRate, after.ErrorRate),
            ("latency_p99_increase", before.LatencyP99Increase, after.LatencyP99Increase),
            ("quality_score_drop", before.QualityScoreDrop, after.QualityScoreDrop),
        })
        {
            if (old is null ? limit is not null : limit is null || limit > old)
            {
                return Refuse("not_editable", old is null
                    ? $"'rollback_threshold.{name}' was not armed at the start and cannot be armed now: the chance of a false rollback is shared out at the start."
                    : FormattableString.Invariant($"'rollback_threshold.{name}' can only be tightened after the start: at most {old:0.####}.")) with { Param = $"rollback_threshold.{name}" };
            }
        }

        return null;
    }

    private Refusal NotEditable(string field) =>
        Refuse("not_editable", $"'{field}' cannot change after the start. While paused only {string.Join(", ", WhilePaused)} may.") with { Param = field };
}

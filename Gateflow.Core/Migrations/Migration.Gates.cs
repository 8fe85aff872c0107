using Gateflow.Core.Rollout;

namespace Gateflow.Core.Migrations;

/// <content>Gates: who must agree, and the hours in which a weight may be raised.</content>
public sealed partial class Migration
{
    /// <summary>The program itself as an actor: it moves only what <see cref="StepDecision"/> lets it.</summary>
    public const string Program = "gateflow";

    /// <summary>Approvals that leaving the present step takes; 0 without a gate.</summary>
    public int ApprovalsNeeded => Step >= 0 && IsRunning && Status != MigrationStatus.Soaking ? Needed(Steps()[Step]) : 0;

    private IEnumerable<string> ApprovalVerb => ApprovalsNeeded > 0 ? ["approve"] : [];

    /// <summary>
    /// Agrees to leaving the present step. Each person or key counts once, so that where several must agree nobody can alone, whoever started it.
    /// </summary>
    public Refusal? Approve(string actor, DateTimeOffset now, string? reason)
    {
        if (ApprovalsNeeded == 0)
        {
            return Illegal("approve");
        }

        if (ApprovedBy.Contains(actor, StringComparer.Ordinal))
        {
            return Refuse("already_approved", $"{actor} has approved this step already: {Approvals} of {ApprovalsNeeded} given. Somebody else must agree.");
        }

        ApprovedBy = [.. ApprovedBy, actor];
        Note(MigrationEventType.Approved, actor, now, StepData(reason));
        return null;
    }

    /// <summary>When an execution now would begin: at its hour, and then as soon as a window is open; null when no window ever opens.</summary>
    public DateTimeOffset? StartsAt(DateTimeOffset now) => StartsAt(Config, now);

    private static DateTimeOffset? StartsAt(MigrationConfig config, DateTimeOffset now)
    {
        var hour = config.Strategy == Strategy.Scheduled && config.ExecuteAt > now ? config.ExecuteAt.Value : now;
        return StepWindows.NextOpening(config, hour);
    }

    /// <summary>
    /// What forbids a person to raise the weight: a gate between here and <paramref name="last"/> that lacks approvals, where the person counts as
    /// one; or, without a reason, a closed window.
    /// </summary>
    private Refusal? Obstacle(string actor, DateTimeOffset now, string? reason, int last, bool raises)
    {
        var needed = Steps().Take(last + 1).Skip(Step).Select(Needed).DefaultIfEmpty(0).Max();
        var given = actor == Program ? Approvals : ApprovedBy.Append(actor).Distinct(StringComparer.Ordinal).Count();
        if (given < needed)
        {
            return Refuse("approval_required", $"{(needed == 1 ? "1 person must" : $"{needed} people must")} approve before the weight is raised here. {Agreed(actor)} {needed - given} more must approve; then raise it again.");
        }

        return raises && actor != Program && string.IsNullOrWhiteSpace(reason) && !StepWindows.IsOpen(Config, now)
            ? Refusal.Invalid("reason", $"Outside the hours allowed{(StepWindows.NextOpening(Config, now) is { } opens ? $" (they begin {opens.UtcDateTime:yyyy-MM-dd HH:mm} UTC)" : "")}: give a reason to raise the weight all the same.")
            : null;
    }

    private string Agreed(string actor) => ApprovedBy.Where(a => a != actor).ToList() is { Count: > 0 } others
        ? $"{string.Join(", ", others)} did, and {actor} counts."
        : actor == Program ? "Nobody did yet." : $"{actor} counts as one.";

    /// <summary>The gate of a shadow phase is a person's resuming, which no approvals replace.</summary>
    private int Needed(RolloutStep step) => !step.Gate || step.IsShadow ? 0 : Math.Max(1, Config.ApprovalsRequired);
}

using System.Globalization;

namespace Gateflow.Core.Migrations;

/// <content>What is said to whoever asks for a verb that the present state does not allow: how things stand, and what to do instead.</content>
public sealed partial class Migration
{
    /// <summary>Why what was decided on a look at it is not done: it stands elsewhere by now, or would do something else. Null where it is as seen, or nobody says what was seen.</summary>
    public Refusal? MovedSince(Seen? seen) => seen switch
    {
        null => null,
        { Config: null, Step: { } step } when step != Step => Elsewhere($"at step {Step + 1} of {Steps().Count}", $"at step {step + 1}"),
        { Config: null, Status: { } status } when status != Status => Elsewhere(Wire.Name(Status), Wire.Name(status)),
        _ when seen.Step is { } step && step != Step => Moved($"It moved to step {Step + 1} of {Steps().Count}"),
        _ when seen.Status is { } status && status != Status => Moved("It changed"),
        _ => seen.IsSetUpAs(this) ? null : Moved("Its target or configuration changed"),
    };

    private Refusal Elsewhere(string where, string expected) => Refuse("moved_meanwhile", $"It is {where}, not {expected}. {Situation}");

    private Refusal Moved(string how) => Refuse("moved_meanwhile", $"{how} meanwhile. {Situation}");

    private string Share => Weight.ToString("0.##", CultureInfo.InvariantCulture) + " %";

    private Refusal Illegal(string verb) => Refuse("illegal_transition", $"{Situation} {Instead(verb)}");

    private Refusal Refuse(string code, string message) => new(RefusalKind.Conflict, code, message) { Status = Status, Allowed = Allowed() };

    private static Refusal NeverStarts() => Refusal.Invalid("windows", "The windows and blackouts leave no hour in which it could start. Change them, or leave them out.");

    private string Situation => Status switch
    {
        MigrationStatus.Draft => "This migration is a draft: no traffic moves yet.",
        MigrationStatus.Scheduled => "This migration is scheduled and has not started: no traffic moves yet.",
        MigrationStatus.InProgress => $"This migration is running, with {Share} of the traffic on {TargetModel}.",
        MigrationStatus.Paused => $"This migration is paused, with {Share} of the traffic on {TargetModel}.",
        MigrationStatus.Soaking => $"This migration is in its soak: all traffic is on {TargetModel}, watched until it completes by itself.",
        MigrationStatus.Completed => $"This migration is completed: requests for {SourceModel} are answered by {TargetModel}.",
        MigrationStatus.RolledBack => $"This migration was rolled back{Ended}: all traffic is on {SourceModel}.",
        _ => $"This migration was cancelled{Ended} before it started: all traffic is on {SourceModel}.",
    };

    private string Ended => FinishedAt is { } at ? $" on {at.UtcDateTime:yyyy-MM-dd} at {at.UtcDateTime:HH:mm} UTC" : "";

    private string Instead(string verb) => (Status, verb) switch
    {
        (MigrationStatus.RolledBack or MigrationStatus.Cancelled, "rollback") => "There is nothing to roll back.",
        (MigrationStatus.RolledBack or MigrationStatus.Cancelled, _) => $"That is final; to try again, create a new migration of {SourceModel}.",
        (MigrationStatus.Completed, "execute" or "resume" or "advance" or "promote" or "approve" or "pause") => $"There is nothing left to do; to return to {SourceModel}, roll it back.",
        (MigrationStatus.Completed, _) => $"It can only be rolled back; for another change, create a new migration.",
        (MigrationStatus.Draft or MigrationStatus.Scheduled, "rollback") => "There is nothing to roll back; cancel it if it is not to start.",
        (MigrationStatus.Draft or MigrationStatus.Scheduled, _) => Status == MigrationStatus.Draft ? "Execute it first." : "Execute it to start now instead of at its hour.",
        (_, "execute") => "It has been started already.",
        (_, "cancel") => $"It has started and cannot be cancelled any more; roll it back to return all traffic to {SourceModel}.",
        (MigrationStatus.InProgress, "configure") => "Pause it before you change how it goes on.",
        (MigrationStatus.Soaking, "configure") => "No step is left that could be changed; advance to complete it now, or roll it back.",
        (MigrationStatus.Soaking, _) => "No step is left to take; advance to complete it now, or roll it back.",
        (_, "approve") => "No approval is asked for at this step; it goes on by its time and its evidence, or by an advance.",
        (MigrationStatus.Paused, "pause") => "Resume it, or advance to the next step.",
        _ => "It is not paused; pause it first, or advance to the next step.",
    };
}

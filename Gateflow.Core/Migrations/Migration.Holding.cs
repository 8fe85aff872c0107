using System.Text.Json.Nodes;
using Gateflow.Core.Rollout;

namespace Gateflow.Core.Migrations;

/// <content>Holds: why the present step, or the start, waits, since when, and who was told.</content>
public sealed partial class Migration
{
    /// <summary>Why a scheduled start waits: another migration moves the same traffic.</summary>
    public const string Overlap = "overlap";

    /// <summary>Why a scheduled start waits: what a person has to mend first.</summary>
    public const string NotReady = "not_ready";

    /// <summary>Reasons of which people are told at once, also those who were told that it held before: a breach, and the longest hold.</summary>
    public static readonly IReadOnlyList<string> UrgentHolds = [Wire.Name(Rollout.HoldReason.BreachNoAutoRollback), Wire.Name(Rollout.HoldReason.MaxHold)];

    /// <summary>The reason of a wait that was planned: the step is ready, and its hours have not come.</summary>
    public static readonly string PlannedHold = Wire.Name(Rollout.HoldReason.Window);

    /// <summary>Since when the step waits for something that was not planned; null when it does not.</summary>
    public DateTimeOffset? UnplannedSince => HoldReason == PlannedHold ? null : HeldSince;

    /// <summary>Notes that the present step waits. False when it already holds for that reason; then nothing is to be stored.</summary>
    public bool Hold(string reason, string sentence, DateTimeOffset now)
    {
        if (HoldReason == reason)
        {
            return false;
        }

        if (reason == PlannedHold || HoldReason == PlannedHold)
        {
            ClearHold();
        }

        HoldReason = reason;
        HeldSince ??= now;
        if (UrgentHolds.Contains(reason))
        {
            HoldToldAt = null;
        }

        Note(MigrationEventType.Held, "gateflow", now, new JsonObject { ["reason"] = reason, ["detail"] = sentence });
        return true;
    }

    /// <summary>Notes what a scheduled start waits for. Of what a person has to mend people are told anew.</summary>
    public Refusal? HoldStart(Refusal refusal, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(refusal);
        if (Status != MigrationStatus.Scheduled)
        {
            return Illegal("hold");
        }

        HoldReason = refusal.Passes ? Overlap : NotReady;
        HeldSince ??= now;
        HoldToldAt = refusal.Passes ? HoldToldAt : null;
        var data = new JsonObject { ["reason"] = HoldReason, ["detail"] = refusal.Message };
        if (refusal.Param is { } param)
        {
            data["param"] = param;
        }

        Note(MigrationEventType.Held, Program, now, data);
        return null;
    }

    /// <summary>True when a noted hold tells of this refusal: of the same field where there is one, as its numbers move with traffic, else in the same words.</summary>
    public static bool IsNoted(Refusal refusal, JsonObject held)
    {
        ArgumentNullException.ThrowIfNull(refusal);
        ArgumentNullException.ThrowIfNull(held);
        return (string?)held["reason"] == (refusal.Passes ? Overlap : NotReady)
            && (refusal.Param is { } param ? (string?)held["param"] == param : (string?)held["detail"] == refusal.Message);
    }

    /// <summary>Ends the shadow phase: nothing is mirrored any more, and a person's resume starts the steps that follow. False when it has ended already.</summary>
    public bool EndShadow(string sentence, DateTimeOffset now)
    {
        if (!Hold(ShadowDone, sentence, now))
        {
            return false;
        }

        if (Status == MigrationStatus.InProgress)
        {
            Status = MigrationStatus.Paused;
            Note(MigrationEventType.Paused, "gateflow", now, StepData(ShadowDone));
        }

        return true;
    }

    /// <summary>Takes note that people are told of the hold; false when it is over, younger than <paramref name="patience"/>, or was told.</summary>
    public bool TellHold(DateTimeOffset now, TimeSpan patience)
    {
        if ((!IsRunning && Status != MigrationStatus.Scheduled) || HoldToldAt is not null || HeldSince is not { } since || now - since < patience)
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

    private void ClearHold()
    {
        HeldSince = null;
        HoldReason = null;
        HoldToldAt = null;
    }
}

using Gateflow.Core;
using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;
using Gateflow.Dashboard.Migrations;
using Gateflow.Dashboard.Parts;

namespace Gateflow.Dashboard.Live;

/// <summary>A verb as a button of the live page, and what its dialog says will happen.</summary>
/// <param name="Verb">As in the API: "pause".</param>
public sealed record LiveAction(string Verb, string Label, string Icon, string Style, ConfirmRequest Confirm);

/// <summary>Which verbs the page offers, in the order of its buttons. They come from the migration's allowed actions only.</summary>
public static class ActionWords
{
    private static readonly string[] Order = ["execute", "pause", "resume", "approve", "advance", "promote", "cancel", "rollback"];

    public static IReadOnlyList<LiveAction> Of(MigrationView migration)
    {
        ArgumentNullException.ThrowIfNull(migration);
        return [.. Order.Where(migration.AllowedActions.Contains).Where(v => Fits(v, migration)).Select(v => Of(v, migration))];
    }

    /// <summary>The verbs of a draft in the wizard, and a last step has no promotion before it.</summary>
    private static bool Fits(string verb, MigrationView m) => verb switch
    {
        "execute" or "cancel" => m.Status == MigrationStatus.Scheduled,
        "promote" => m.Progress.Step < m.Progress.Steps,
        _ => true,
    };

    private static LiveAction Of(string verb, MigrationView m) => verb switch
    {
        "execute" => new(verb, "Start now", "run", "primary", new ConfirmRequest
        {
            Title = "Start now",
            Consequence = "The migration does not wait for its hour: " + (m.Steps[0].Mirror is { } mirror
                ? $"{Share(mirror)} of the requests for {m.SourceModel} are copied to {m.TargetModel} from the next request on, at a cost of their own; {m.SourceModel} answers everybody."
                : $"{Share(m.Steps[0].Weight)} of the requests for {m.SourceModel} go to {m.TargetModel} from the next request on."),
            Verb = "Start now",
            ReasonLabel = "Reason",
        }),
        "pause" => new(verb, "Pause", "pause", "", new ConfirmRequest
        {
            Title = $"Pause at {Share(m.Progress.TrafficOnTarget)}",
            Consequence = $"{Share(m.Progress.TrafficOnTarget)} of the traffic stays on {m.TargetModel}, and no step is taken until someone resumes.",
            Facts = [Armed(m)],
            Verb = "Pause",
            ReasonLabel = "Reason",
        }),
        "resume" => new(verb, "Resume", "play", "primary", new ConfirmRequest
        {
            Title = "Resume",
            Consequence = m.Progress.HoldReason == Wire.Name(HoldReason.ShadowDone)
                ? $"The copies end, and {Share(m.Steps[m.Progress.Step].Weight)} of the requests for {m.SourceModel} go to {m.TargetModel} from the next request on."
                : $"The rollout goes on at {Share(m.Progress.TrafficOnTarget)}. {Next(m)}",
            Verb = "Resume",
            ReasonLabel = "Reason",
        }),
        "approve" => new(verb, "Approve", "flag", "primary", new ConfirmRequest
        {
            Title = "Approve the next step",
            Consequence = $"Your approval counts for this step. {Next(m)}",
            Facts =
            [
                $"{Display.Count(m.Progress.ApprovalsNeeded, "approval")} needed, each by somebody else. " + (m.Progress.ApprovedBy.Count == 0 ? "None given yet." : $"Given by {string.Join(", ", m.Progress.ApprovedBy)}."),
            ],
            Verb = "Approve",
            ReasonLabel = "Comment",
        }),
        "advance" => Advance(m),
        "promote" => new(verb, "Promote to 100 %", "arrow-right", "", new ConfirmRequest
        {
            Title = "Promote to 100 %",
            Consequence = $"All requests for {m.SourceModel} go to {m.TargetModel} from the next request on.",
            Facts = [Skipped(m), .. GoesOn(m), .. Concerns(m), Armed(m)],
            Verb = "Promote to 100 %",
            ReasonLabel = "Reason",
        }),
        "cancel" => new(verb, "Cancel", "ban", "", new ConfirmRequest
        {
            Title = "Cancel the migration",
            Consequence = $"It does not start. All traffic stays on {m.SourceModel}; the record is kept.",
            Verb = "Cancel the migration",
            ReasonLabel = "Reason",
        }),
        _ => new("rollback", "Roll back", "rollback", "danger", new ConfirmRequest
        {
            Title = $"Roll back to {m.SourceModel}",
            Consequence = m.Status == MigrationStatus.Completed
                ? $"Requests for {m.SourceModel} are answered by {m.SourceModel} again, from the next request on."
                : $"All traffic returns to {m.SourceModel} for the next request. Requests already under way finish on {m.TargetModel}.",
            Facts = ["It is final: to try again, start a new draft from this page."],
            Verb = "Roll back",
            Danger = true,
            ReasonLabel = "Reason",
            ReasonRequired = true,
        }),
    };

    private static LiveAction Advance(MigrationView m)
    {
        if (m.Status == MigrationStatus.Soaking)
        {
            return new("advance", "Complete now", "check", "", new ConfirmRequest
            {
                Title = "Complete now",
                Consequence = $"The soak ends early. {m.TargetModel} answers all requests for {m.SourceModel}, and the guardrails are disarmed.",
                Facts = [.. Unanswered(m), .. Concerns(m)],
                Verb = "Complete now",
                ReasonLabel = "Reason",
            });
        }

        var next = m.Progress.Step < m.Progress.Steps ? m.Steps[m.Progress.Step] : null;
        return new("advance", "Advance", "step", "", new ConfirmRequest
        {
            Title = next is null ? "Start the soak" : $"Advance to {Share(next.Weight)}",
            Consequence = next is null
                ? $"All traffic is on {m.TargetModel}. The soak starts without waiting for what the last step asks for."
                : $"{Share(next.Weight)} of the requests for {m.SourceModel} go to {m.TargetModel} from the next request on, without waiting for the time and the evidence that this step asks for.",
            Facts = [.. GoesOn(m), .. Concerns(m), Armed(m)],
            Verb = next is null ? "Start the soak" : $"Advance to {Share(next.Weight)}",
            ReasonLabel = "Reason",
        });
    }

    private static string Next(MigrationView m) => m.Progress.Step < m.Progress.Steps
        ? $"The step to {Share(m.Steps[m.Progress.Step].Weight)} follows once its time is over and the evidence suffices."
        : "The soak follows once the evidence suffices.";

    private static string Skipped(MigrationView m) =>
        (m.Progress.Steps - m.Progress.Step - 1) is > 0 and var skipped ? $"{Display.Count(skipped, "step")} between are skipped." : "It is the next step anyway; it does not wait for its evidence.";

    /// <summary>A step taken by hand ends a pause.</summary>
    private static IReadOnlyList<string> GoesOn(MigrationView m) =>
        m.Status == MigrationStatus.Paused ? ["The pause ends: it goes on by itself from there. Pause again to stop it."] : [];

    /// <summary>What the source did for the target so far, and nobody does after the completion.</summary>
    private static IReadOnlyList<string> Unanswered(MigrationView m) => m.Metrics.Fallbacks > 0
        ? [$"{Display.Count(m.Metrics.Fallbacks, "request")} that {m.TargetModel} did not answer {(m.Metrics.Fallbacks == 1 ? "was" : "were")} answered by {m.SourceModel}. From now on such requests fail, unless a fallback chain has another model."]
        : [];

    /// <summary>Guardrails that speak against going on, or do not speak yet.</summary>
    private static IReadOnlyList<string> Concerns(MigrationView m) =>
    [
        .. m.Verdicts.Where(v => v.Verdict is Verdict.Watch or Verdict.Breach).Select(v =>
            $"{GuardrailWords.NameOf(v.Guardrail)} is in {Look.Of(v.Verdict).Word.ToLowerInvariant()}: evidence {Display.Evidence(v.Evidence)} of {Display.Evidence(v.Threshold)}."),
        .. m.Verdicts.Where(v => v.Verdict is Verdict.NotEnoughData or Verdict.NoTraffic).Select(v => $"{GuardrailWords.NameOf(v.Guardrail)} is not judged yet."),
    ];

    private static string Armed(MigrationView m) => m.Config.AutoRollback
        ? "Guardrails stay armed: a breach still rolls back by itself."
        : "Automatic rollback is off: a breach only holds and asks.";

    private static string Share(double weight) => Display.Weight(weight);
}

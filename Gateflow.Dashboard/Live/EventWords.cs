using Gateflow.Core;
using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;
using Gateflow.Dashboard.Migrations;
using Gateflow.Dashboard.Parts;

namespace Gateflow.Dashboard.Live;

/// <summary>An event of a migration as its timeline tells it.</summary>
public static class EventWords
{
    /// <summary>Newest first.</summary>
    public static IReadOnlyList<TimelineEntry> Of(IReadOnlyList<EventView> events, int steps)
    {
        ArgumentNullException.ThrowIfNull(events);
        return [.. events.Reverse().Select(e => Of(e, steps))];
    }

    public static TimelineEntry Of(EventView e, int steps)
    {
        ArgumentNullException.ThrowIfNull(e);
        return new TimelineEntry { Key = e.Id, Look = LookOf(e), What = What(e, steps), Who = e.Actor, At = e.At, Why = Why(e) };
    }

    private static Look LookOf(EventView e) => e.Type switch
    {
        MigrationEventType.Created => new("Created", "plus", Tone.Neutral),
        MigrationEventType.Analyzed => new("Usage analysed", "overview", Tone.Neutral),
        MigrationEventType.Recommended => new("Replacements recommended", "info", Tone.Neutral),
        MigrationEventType.CompatibilityChecked when e.Data.Flag("compatible") == false => new("Not compatible", "alert", Tone.Watch),
        MigrationEventType.CompatibilityChecked => new("Compatible", "check", Tone.Healthy),
        MigrationEventType.Tested => new("Tested", "flask", Tone.Neutral),
        MigrationEventType.Configured => new("Configured", "gear", Tone.Neutral),
        MigrationEventType.Scheduled => new("Scheduled", "clock", Tone.Neutral),
        MigrationEventType.Started => new("Started", "run", Tone.Accent),
        MigrationEventType.StepAdvanced => new("Step taken", "step", Tone.Accent),
        MigrationEventType.Held => new("Step held", "half", Tone.Watch),
        MigrationEventType.VerdictChanged => VerdictLook(e),
        MigrationEventType.Paused => new("Paused", "pause", Tone.Paused),
        MigrationEventType.Resumed => new("Resumed", "play", Tone.Accent),
        MigrationEventType.Approved => new("Approved", "flag", Tone.Accent),
        MigrationEventType.Promoted => new("Promoted to 100 %", "arrow-right", Tone.Accent),
        MigrationEventType.Soaking => new("Soak started", "half", Tone.Accent),
        MigrationEventType.Completed => new("Completed", "check", Tone.Healthy),
        MigrationEventType.RolledBack => new("Rolled back", "rollback", Tone.RolledBack),
        MigrationEventType.Cancelled => new("Cancelled", "ban", Tone.Neutral),
        _ => new(Display.Words(Wire.Name(e.Type)), "dot", Tone.Neutral),
    };

    private static Look VerdictLook(EventView e) =>
        Look.Of(Wire.TryParse<Verdict>(e.Data.Text("to"), out var to) ? to : null);

    private static string? What(EventView e, int steps) => e.Type switch
    {
        MigrationEventType.Created when e.Data.Text("template") is { } template => $"Created from the template {template}",
        MigrationEventType.Configured when e.Data.Texts("fields") is { Count: > 0 } fields => $"Configured: {string.Join(", ", fields.Select(f => Display.Words(f).ToLowerInvariant()))}",
        MigrationEventType.Started when e.Data.Number("weight") is { } weight => $"Started at {Display.Weight(weight)}",
        MigrationEventType.StepAdvanced when e.Data.Number("weight") is { } weight => $"Step {(e.Data.Number("step") ?? 0) + 1:0} of {steps}: {Display.Weight(weight)}",
        MigrationEventType.VerdictChanged when Guardrail(e) is { } guardrail => $"{guardrail}: {VerdictLook(e).Word.ToLowerInvariant()}",
        MigrationEventType.Paused when e.Data.Number("weight") is { } weight => $"Paused at {Display.Weight(weight)}",
        MigrationEventType.RolledBack when e.Data.Number("weight") is { } weight =>
            $"Rolled back from {Display.Weight(weight)}{(e.Data.Flag("automatic") == true ? " by itself" : "")}",
        MigrationEventType.CompatibilityChecked when e.Data.Text("target_model") is { } target => $"{LookOf(e).Word}: {target}",
        MigrationEventType.Tested when e.Data.Text("recommendation") is { } advice => $"Tested: {Display.Words(advice).ToLowerInvariant()}",
        _ => null,
    };

    private static string? Why(EventView e) => e.Type switch
    {
        MigrationEventType.Analyzed when e.Data.Number("total_requests") is { } requests => $"{Display.Count((long)requests, "request")} in 30 days.",
        MigrationEventType.Recommended when e.Data.Texts("models") is { Count: > 0 } models => string.Join(", ", models),
        MigrationEventType.Scheduled when DateTimeOffset.TryParse(e.Data.Text("execute_at"), System.Globalization.CultureInfo.InvariantCulture, out var at) => $"Starts {Display.Utc(at)}. {e.Data.Text("reason")}".TrimEnd(),
        MigrationEventType.Held => e.Data.Text("detail"),
        MigrationEventType.VerdictChanged => Numbers(e),
        MigrationEventType.RolledBack when e.Data.Flag("automatic") == true => $"{Guardrail(e)}. {Numbers(e)}",
        MigrationEventType.Soaking when e.Data.Text("reason") is null => e.Data.Number("soak_minutes") is > 0 and var minutes
            ? $"All traffic is on the target, guardrails stay armed for {Display.Duration(TimeSpan.FromMinutes(minutes))}." : "All traffic is on the target.",
        _ => e.Data.Text("reason"),
    };

    private static string? Guardrail(EventView e) =>
        Wire.TryParse<GuardrailKind>(e.Data.Text("guardrail"), out var guardrail) ? GuardrailWords.NameOf(guardrail) : null;

    private static string Numbers(EventView e) =>
        $"{e.Data.Text("detail")} Evidence {Display.Evidence(e.Data.Number("evidence"))} of {Display.Evidence(e.Data.Number("threshold"))}.".TrimStart();
}

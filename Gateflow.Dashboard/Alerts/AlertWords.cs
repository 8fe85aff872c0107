using Gateflow.Core.Alerts;
using Gateflow.Core.Webhooks;
using Gateflow.Dashboard.Parts;

namespace Gateflow.Dashboard.Alerts;

/// <summary>What the page says of alerts.</summary>
internal static class AlertWords
{
    public static string Of(AlertStatus status) => status switch
    {
        AlertStatus.Open => "Open",
        AlertStatus.Acknowledged => "Acknowledged",
        _ => "Resolved",
    };

    public static string Of(AlertSeverity severity) => severity switch
    {
        AlertSeverity.Urgent => "urgent",
        AlertSeverity.ActionNeeded => "action needed",
        _ => "planning",
    };

    public static Tone ToneOf(AlertSeverity severity) => severity switch
    {
        AlertSeverity.Urgent => Tone.Breach,
        AlertSeverity.ActionNeeded => Tone.Watch,
        _ => Tone.Neutral,
    };

    /// <summary>The page of what it happened to; null when there is none.</summary>
    public static string? Page(AlertView alert) => alert.Event switch
    {
        WebhookEvents.RolledBack => $"/rollbacks/{alert.Subject}",
        WebhookEvents.Held or WebhookEvents.Completed => $"/migrations/{alert.Subject}",
        AlertEvents.WebhookFailing => $"/settings/webhooks?show={alert.Subject}",
        _ => null,
    };

    public static string None(AlertStatus shown) => shown switch
    {
        AlertStatus.Open => "Nothing needs a person; a provider that fails, refuses its key or drops a model would stand here.",
        AlertStatus.Acknowledged => "No alert that somebody has seen is still open.",
        _ => "No trouble was resolved yet.",
    };
}

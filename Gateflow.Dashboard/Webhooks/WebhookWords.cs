using Gateflow.Core.Webhooks;
using Gateflow.Dashboard.Parts;

namespace Gateflow.Dashboard.Webhooks;

/// <summary>What the page says of webhooks and their messages.</summary>
internal static class WebhookWords
{
    public static string Of(string kind) => kind switch
    {
        WebhookEvents.RolledBack => "Rolled back",
        WebhookEvents.Held => "Held for over an hour",
        WebhookEvents.Completed => "Completed",
        WebhookEvents.Test => "Test",
        _ => kind,
    };

    public static string Events(IReadOnlyList<string> events) => events.Count == 0 ? "Everything" : string.Join(", ", events.Select(Of));

    public static Look Look(WebhookView webhook) => webhook switch
    {
        { Enabled: false } => new Look("Disabled", "ban", Tone.Neutral),
        { Failed: > 0 } => new Look($"{Display.Count(webhook.Failed, "message")} given up", "cross", Tone.Breach),
        { Pending: > 0 } => new Look($"{Display.Count(webhook.Pending, "message")} waiting", "clock", Tone.Watch),
        { LastDeliveredAt: not null } => new Look("Delivering", "check", Tone.Healthy),
        _ => new Look("Nothing sent yet", "dots", Tone.Neutral),
    };

    public static Look Look(DeliveryView delivery) => delivery.Status switch
    {
        DeliveryStatus.Delivered => new Look("Delivered", "check", Tone.Healthy),
        DeliveryStatus.Failed => new Look("Given up", "cross", Tone.Breach),
        _ => delivery.Attempts == 0 ? new Look("Waiting", "clock", Tone.Neutral) : new Look("Retrying", "clock", Tone.Watch),
    };

    /// <summary>What the last attempt came to: "204 in 12 ms", or why it failed.</summary>
    public static string Last(DeliveryView delivery) => delivery.Trail is not [.., var last] ? "not tried yet"
        : last.IsOk ? $"{last.Status} in {Display.Milliseconds(last.Ms)}"
        : last.Status is { } status ? $"{status}: {last.Error}" : last.Error!;

    public static ConfirmRequest Deleting(WebhookView webhook) => new()
    {
        Title = $"Delete the webhook at {webhook.Host}",
        Consequence = $"{webhook.Host} hears of nothing more.",
        Facts = webhook.Pending > 0
            ? [$"{Display.Count(webhook.Pending, "message")} that wait{(webhook.Pending == 1 ? "s" : "")} {(webhook.Pending == 1 ? "is" : "are")} deleted unsent.", "Its secret and the list of its messages are deleted with it."]
            : ["Its secret and the list of its messages are deleted with it."],
        Verb = "Delete webhook",
        Danger = true,
    };
}

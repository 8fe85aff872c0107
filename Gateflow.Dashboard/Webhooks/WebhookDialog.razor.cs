using System.Text.Json.Nodes;
using Gateflow.Core.Migrations;
using Gateflow.Core.Webhooks;
using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Parts;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace Gateflow.Dashboard.Webhooks;

/// <summary>Asks for a webhook's settings, stores them by the API's own rules, and shows a new secret this once.</summary>
public sealed partial class WebhookDialog(WebhookStore store, DialogService dialogs)
{
    private readonly List<Fault> faults = [];
    private readonly Saving saving = new();
    private readonly HashSet<string> events = new(WebhookEvents.All, StringComparer.Ordinal);
    private JsonObject shown = [];
    private string? url;
    private string? description;
    private bool enabled = true;
    private bool rotate;
    private string? secret;

    /// <summary>The webhook to change; null for a new one.</summary>
    [Parameter]
    public WebhookView? Webhook { get; set; }

    /// <summary>Who does it.</summary>
    [Parameter, EditorRequired]
    public string Actor { get; set; } = "";

    protected override void OnInitialized()
    {
        if (Webhook is null)
        {
            return;
        }

        (url, description, enabled) = (Webhook.Url, Webhook.Description, Webhook.Enabled);
        if (Webhook.Events.Count > 0)
        {
            events.IntersectWith(Webhook.Events);
        }

        shown = Request();
    }

    private string? Fault(string field) => faults.Find(f => f.Param == field)?.Message;

    private string? Invalid(string field) => Fault(field) is null ? null : "true";

    private void Choose(string kind, bool chosen)
    {
        if (chosen)
        {
            events.Add(kind);
        }
        else
        {
            events.Remove(kind);
        }
    }

    private JsonObject Request() => new()
    {
        ["url"] = url ?? "",
        ["description"] = string.IsNullOrWhiteSpace(description) ? null : description.Trim(),
        ["events"] = new JsonArray([.. WebhookEvents.All.Where(e => events.Contains(e) && events.Count < WebhookEvents.All.Count).Select(e => JsonValue.Create(e))]),
        ["enabled"] = enabled,
        ["rotate_secret"] = rotate,
    };

    private Task<bool> SubmitAsync() => saving.TryAsync(async () =>
    {
        faults.Clear();
        if (events.Count == 0)
        {
            faults.Add(new Fault("events", "Choose at least one."));
            return null;
        }

        var saved = Webhook is null
            ? await store.CreateAsync(Request(), Actor, CancellationToken.None)
            : await store.UpdateAsync(Webhook.Id, FormEdit.Patch(shown, Request()), Actor, CancellationToken.None, WebhookDraft.Of(Webhook).ToJson());
        if (!saved.IsOk)
        {
            faults.AddRange(saved.Refusal.Faults);
            return faults.Count == 0 ? saved.Refusal.Message : null;
        }

        secret = saved.Value.Secret;
        if (secret is null)
        {
            dialogs.Close(true);
        }

        return null;
    });
}

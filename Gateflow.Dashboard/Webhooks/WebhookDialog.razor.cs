using System.Text.Json.Nodes;
using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;
using Gateflow.Core.Webhooks;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace Gateflow.Dashboard.Webhooks;

/// <summary>Asks for a webhook's settings, stores them by the API's own rules, and shows a new secret this once.</summary>
public sealed partial class WebhookDialog(WebhookStore store, DialogService dialogs)
{
    private readonly List<Fault> faults = [];
    private readonly HashSet<string> events = new(WebhookEvents.All, StringComparer.Ordinal);
    private string? url;
    private string? description;
    private bool enabled = true;
    private bool rotate;
    private string? secret;
    private string? refusal;
    private bool busy;

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

    private async Task SubmitAsync()
    {
        refusal = null;
        faults.Clear();
        if (events.Count == 0)
        {
            faults.Add(new Fault("events", "Choose at least one."));
        }

        if (busy || faults.Count > 0)
        {
            return;
        }

        busy = true;
        try
        {
            var all = events.Count == WebhookEvents.All.Count;
            var request = new JsonObject
            {
                ["url"] = url ?? "",
                ["description"] = string.IsNullOrWhiteSpace(description) ? null : description.Trim(),
                ["events"] = new JsonArray([.. (all ? [] : events).Select(e => JsonValue.Create(e))]),
                ["enabled"] = enabled,
                ["rotate_secret"] = rotate,
            };
            var saved = Webhook is null
                ? await store.CreateAsync(request, Actor, CancellationToken.None)
                : await store.UpdateAsync(Webhook.Id, request, Actor, CancellationToken.None);
            if (!saved.IsOk)
            {
                faults.AddRange(saved.Refusal.Faults);
                refusal = faults.Count == 0 ? saved.Refusal.Message : null;
            }
            else if (saved.Value.Secret is { } made)
            {
                secret = made;
            }
            else
            {
                dialogs.Close(true);
            }
        }
        catch (Exception broken) when (DatabaseFault.Is(broken))
        {
            refusal = DatabaseFault.NotSaved(broken);
        }
        finally
        {
            busy = false;
        }
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Core.Migrations;
using Gateflow.Core.Webhooks;

namespace Gateflow.Dashboard.Webhooks;

/// <summary>What may be set of a webhook, with its rules; the same for the API and the page.</summary>
internal sealed record WebhookDraft
{
    private const int LongestUrl = 500;
    private const int LongestDescription = 200;
    private static readonly string[] Fields = ["url", "description", "events", "enabled", "rotate_secret"];

    public string? Url { get; init; }

    public string? Description { get; init; }

    public IReadOnlyList<string> Events { get; init; } = [];

    public bool Enabled { get; init; } = true;

    /// <summary>Asks for a new secret in place of the old one.</summary>
    public bool RotateSecret { get; init; }

    public static WebhookDraft Of(Webhook webhook) =>
        new() { Url = webhook.Url, Description = webhook.Description, Events = webhook.Events, Enabled = webhook.Enabled };

    public static WebhookDraft Of(WebhookView webhook) =>
        new() { Url = webhook.Url, Description = webhook.Description, Events = webhook.Events, Enabled = webhook.Enabled };

    /// <summary>As a request names the fields, the kinds in their usual order.</summary>
    public JsonObject ToJson() => new()
    {
        ["url"] = Url,
        ["description"] = Description,
        ["events"] = new JsonArray([.. WebhookEvents.All.Where(Events.Contains).Select(e => JsonValue.Create(e))]),
        ["enabled"] = Enabled,
        ["rotate_secret"] = RotateSecret,
    };

    /// <summary>Takes the fields that the request names, and finds every fault.</summary>
    public (WebhookDraft Draft, IReadOnlyList<Fault> Faults) With(JsonObject request)
    {
        List<Fault> faults = [];
        var draft = this;
        foreach (var (field, value) in request)
        {
            draft = field switch
            {
                "url" => draft with { Url = Read<string>(field, value, "an address", faults)?.Trim() },
                "description" => draft with { Description = value is null ? null : Read<string>(field, value, "a text", faults)?.Trim() },
                "events" => draft with { Events = value is null ? [] : Read<string[]>(field, value, "a list of kinds", faults) ?? [] },
                "enabled" => draft with { Enabled = Read<bool>(field, value, "true or false", faults) },
                "rotate_secret" => draft with { RotateSecret = Read<bool>(field, value, "true or false", faults) },
                _ => Unknown(field),
            };
        }

        if (faults.Count == 0)
        {
            draft.Check(faults);
        }

        return (draft, faults);

        WebhookDraft Unknown(string field)
        {
            faults.Add(new Fault(field, $"'{field}' is no field of a webhook; there are {string.Join(", ", Fields)}."));
            return draft;
        }
    }

    private void Check(List<Fault> faults)
    {
        if (Url is not { Length: > 0 and <= LongestUrl } || !Uri.TryCreate(Url, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https")
            || url.UserInfo.Length > 0 || url.Fragment.Length > 0 || url.Host.Length == 0)
        {
            faults.Add(new Fault("url", $"url must be an http or https address of at most {LongestUrl} characters without user or fragment, e.g. https://hooks.example.com/gateflow."));
        }

        if (Description?.Length > LongestDescription)
        {
            faults.Add(new Fault("description", $"description may have at most {LongestDescription} characters."));
        }

        if (Events.Where(e => !WebhookEvents.All.Contains(e)).Take(1).ToList() is [var unknown])
        {
            faults.Add(new Fault("events", $"'{unknown ?? "null"}' is no kind of message. There are {string.Join(", ", WebhookEvents.All)}; an empty list means all."));
        }
    }

    private static T? Read<T>(string field, JsonNode? value, string what, List<Fault> faults)
    {
        try
        {
            if (value is not null)
            {
                return value.Deserialize<T>();
            }
        }
        catch (JsonException)
        {
            // told below
        }

        faults.Add(new Fault(field, $"{field} must be {what}."));
        return default;
    }
}

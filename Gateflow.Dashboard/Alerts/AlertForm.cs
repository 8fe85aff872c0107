using System.Text.Json.Nodes;
using Gateflow.Dashboard.ChangeManagement;
using Gateflow.Dashboard.Management;

namespace Gateflow.Dashboard.Alerts;

/// <summary>What is chosen and typed on the page of alert settings, over the answer of GET /settings/alerts.</summary>
/// <param name="settings">As they stand.</param>
internal sealed class AlertForm(JsonObject settings)
{
    private readonly JsonObject _settings = (JsonObject)settings.DeepClone();
    private readonly Dictionary<string, string?> _typed = new(StringComparer.Ordinal);

    /// <summary>As they stood when the form was opened.</summary>
    public JsonObject Seen { get; } = settings;

    /// <summary>Numbers of the form: path, label, unit, what it means.</summary>
    public static IReadOnlyList<(string Field, string Label, string Unit, string Hint)> Thresholds { get; } =
    [
        ("deprecation_alerts.thresholds.planning", "A model ends: time to plan", "days before", "The first alert of a model in use"),
        ("deprecation_alerts.thresholds.action_needed", "A model ends: act", "days before", "The alert becomes more pressing"),
        ("deprecation_alerts.thresholds.urgent", "A model ends: urgent", "days before", "The last call"),
        ("thresholds.fallback_requests", "Heavy fallback", "requests", "Answered by another model than asked for, within the time beside"),
        ("thresholds.fallback_window_minutes", "Time for heavy fallback", "min", "How far back is counted"),
        ("thresholds.hold_minutes", "A migration waits", "min", "How long a step may hold before somebody is told"),
        ("thresholds.budget_percent", "A feature's budget", "%", "Share of the month's budget that is spent"),
    ];

    /// <summary>What stands in a number's field.</summary>
    public string? this[string field]
    {
        get => _typed.TryGetValue(field, out var typed) ? typed : field.Split('.').Aggregate((JsonNode?)_settings, (at, part) => at![part])!.ToJsonString();
        set => _typed[field] = value;
    }

    public bool Raises(string kind) => Of(kind)["enabled"]!.GetValue<bool>();

    public void Raise(string kind, bool on) => Of(kind)["enabled"] = on;

    public bool IsHeard(string kind, string webhook) => Heard(kind).Contains(webhook);

    public void Hear(string kind, string webhook, bool on) =>
        Of(kind)["webhooks"] = new JsonArray([.. (on ? Heard(kind).Append(webhook).Distinct() : Heard(kind).Where(w => w != webhook)).Select(w => JsonValue.Create(w))]);

    /// <summary>The PATCH that stores what was changed.</summary>
    /// <param name="webhooks">Ids of those that there are: what is gone is left out.</param>
    public JsonObject Patch(IReadOnlyCollection<string> webhooks) => FormEdit.Patch(new AlertForm(Seen).ToJson(webhooks), ToJson(webhooks), AlertSettingsBook.Levels);

    private JsonObject ToJson(IReadOnlyCollection<string> webhooks)
    {
        var patch = new JsonObject { ["alerts"] = _settings["alerts"]!.DeepClone(), ["thresholds"] = new JsonObject(), ["deprecation_alerts"] = new JsonObject { ["thresholds"] = new JsonObject() } };
        foreach (var (_, alert) in (JsonObject)patch["alerts"]!)
        {
            var heard = alert!["webhooks"]!.AsArray().Select(w => w!.GetValue<string>()).ToHashSet(StringComparer.Ordinal);
            alert["webhooks"] = new JsonArray([.. webhooks.Where(heard.Contains).Select(w => JsonValue.Create(w))]); // in one order, or ticking anew would be a change
        }

        foreach (var (field, _, _, _) in Thresholds)
        {
            var parts = field.Split('.');
            parts[..^1].Aggregate((JsonNode)patch, (at, part) => at[part]!)[parts[^1]] = SampleForm.Number(this[field]);
        }

        return patch;
    }

    private JsonObject Of(string kind) => (JsonObject)_settings["alerts"]![kind]!;

    private IEnumerable<string> Heard(string kind) => Of(kind)["webhooks"]!.AsArray().Select(w => w!.GetValue<string>());
}

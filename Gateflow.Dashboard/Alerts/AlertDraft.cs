using System.Text.Json.Nodes;
using Gateflow.Core;
using Gateflow.Core.Alerts;
using Gateflow.Core.Migrations;
using Gateflow.Dashboard.ChangeManagement;

namespace Gateflow.Dashboard.Alerts;

/// <summary>PATCH /settings/alerts: the fields given replace those that stand.</summary>
internal static class AlertDraft
{
    public const string Deprecations = "deprecation_alerts";
    public const string Thresholds = "thresholds";
    public const string Alerts = "alerts";

    private static readonly string[] Channels = ["webhook"];
    private static readonly IReadOnlyList<string> ThresholdFields = RequestJson.FieldsOf<ThresholdPatch>();

    /// <summary>The settings with the patch laid over them, and every fault.</summary>
    /// <param name="settings">As they stand.</param>
    /// <param name="patch">What is to be changed.</param>
    /// <param name="webhooks">Ids of those that there are.</param>
    public static (AlertSettings Settings, IReadOnlyList<Fault> Faults) Apply(AlertSettings settings, JsonObject patch, IReadOnlyCollection<string> webhooks)
    {
        List<Fault> faults = [];
        var read = new FieldReader(faults);
        foreach (var (name, value) in patch)
        {
            settings = name switch
            {
                Deprecations => LaidDeprecations(settings, value, read),
                Thresholds => read.Group(name, value).Aggregate(settings, (s, field) => LaidThreshold(s, field.Name, field.Value, read)),
                Alerts => read.Group(name, value).Aggregate(settings, (s, one) => LaidAlert(s, one.Name, one.Value, read, webhooks)),
                _ => read.Unknown(name, [Deprecations, Thresholds, Alerts], settings),
            };
        }

        if (faults.Count == 0 && !(settings.UrgentDays < settings.ActionNeededDays && settings.ActionNeededDays < settings.PlanningDays))
        {
            faults.Add(new Fault($"{Deprecations}.thresholds", "The thresholds must come one after the other: planning before action_needed before urgent, in days before the end."));
        }

        return (settings, faults);
    }

    private static AlertSettings LaidDeprecations(AlertSettings settings, JsonNode? value, FieldReader read)
    {
        foreach (var (field, wanted) in read.Group(Deprecations, value))
        {
            var name = $"{Deprecations}.{field}";
            settings = field switch
            {
                "enabled" => Switched(settings, AlertEvents.Deprecation, read.Flag(name, wanted, settings.Raises(AlertEvents.Deprecation))),
                "channels" => read.Names(name, wanted, Channels, []) is { Count: 0 } && wanted is JsonArray { Count: 0 } ? Heard(settings, AlertEvents.Deprecation, []) : settings,
                "thresholds" => read.Group(name, wanted).Aggregate(settings, (s, days) => days.Name switch
                {
                    "planning" => s with { PlanningDays = read.Whole($"{name}.planning", days.Value, 3, 730, s.PlanningDays) },
                    "action_needed" => s with { ActionNeededDays = read.Whole($"{name}.action_needed", days.Value, 2, 729, s.ActionNeededDays) },
                    "urgent" => s with { UrgentDays = read.Whole($"{name}.urgent", days.Value, 1, 728, s.UrgentDays) },
                    _ => read.Unknown($"{name}.{days.Name}", ["planning", "action_needed", "urgent"], s),
                }),
                _ => read.Unknown(name, ["enabled", "channels", "thresholds"], settings),
            };
        }

        return settings;
    }

    private static AlertSettings LaidThreshold(AlertSettings settings, string field, JsonNode? value, FieldReader read)
    {
        var name = $"{Thresholds}.{field}";
        return field switch
        {
            "fallback_requests" => settings with { FallbackRequests = read.Whole(name, value, 1, 1_000_000, settings.FallbackRequests) },
            "fallback_window_minutes" => settings with { FallbackWindowMinutes = read.Whole(name, value, 1, 1_440, settings.FallbackWindowMinutes) },
            "hold_minutes" => settings with { HoldMinutes = read.Whole(name, value, 1, 10_080, settings.HoldMinutes) },
            "budget_percent" => settings with { BudgetPercent = (decimal)read.Number(name, value, 1, 1_000, (double)settings.BudgetPercent) },
            _ => read.Unknown(name, ThresholdFields.Select(f => $"{Thresholds}.{f}"), settings),
        };
    }

    private static AlertSettings LaidAlert(AlertSettings settings, string alertEvent, JsonNode? value, FieldReader read, IReadOnlyCollection<string> webhooks)
    {
        var name = $"{Alerts}.{alertEvent}";
        if (!AlertEvents.All.Contains(alertEvent))
        {
            return read.Unknown(name, AlertEvents.All, settings);
        }

        return read.Group(name, value).Aggregate(settings, (s, field) => field.Name switch
        {
            "enabled" => Switched(s, alertEvent, read.Flag($"{name}.enabled", field.Value, s.Raises(alertEvent))),
            "webhooks" => Heard(s, alertEvent, read.Names($"{name}.webhooks", field.Value, webhooks, s.HeardBy(alertEvent))),
            _ => read.Unknown($"{name}.{field.Name}", ["enabled", "webhooks"], s),
        });
    }

    private static AlertSettings Switched(AlertSettings settings, string alertEvent, bool on) =>
        settings with { Disabled = on ? [.. settings.Disabled.Where(e => e != alertEvent)] : [.. settings.Disabled.Union([alertEvent], StringComparer.Ordinal)] };

    private static AlertSettings Heard(AlertSettings settings, string alertEvent, IReadOnlyList<string> webhooks) => settings with
    {
        Webhooks = settings.Webhooks.Where(w => w.Key != alertEvent).Append(KeyValuePair.Create(alertEvent, webhooks)).Where(w => w.Value.Count > 0)
            .ToDictionary(w => w.Key, w => w.Value, StringComparer.Ordinal),
    };
}

using System.Globalization;
using System.Text.Json.Nodes;
using Gateflow.Core.Alerts;
using Gateflow.Core.Deprecations;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Catalog;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Deprecations;

/// <summary>Tells people of models in use that come to their end, from the days on that the alert settings name. A model whose requests all moved is no trouble.</summary>
public sealed class DeprecationWatch(IDbContextFactory<GateflowDb> databases, Deprecating deprecating, AlertPolicy policy, AlertBell bell)
{
    /// <summary>One look.</summary>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var settings = policy.Current;
        HashSet<string> ringing = new(StringComparer.Ordinal);
        foreach (var entry in await deprecating.ListAsync(null, cancellationToken))
        {
            if (entry.DaysRemaining is { } days && days <= settings.PlanningDays && entry is { RequestsLast30Days: > 0, Migration: not { IsDone: true } })
            {
                ringing.Add(entry.Model);
                bell.Ring(Notice(entry, days, settings));
            }
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var standing = await db.Alerts.Where(a => a.Event == AlertEvents.Deprecation && a.Status != AlertStatus.Resolved).Select(a => a.Subject).Distinct().ToListAsync(cancellationToken);
        foreach (var over in standing.Where(s => !ringing.Contains(s)))
        {
            bell.Ring(new AlertNotice(AlertEvents.Deprecation, over) { Over = true });
        }
    }

    private static AlertNotice Notice(DeprecationEntry entry, int days, AlertSettings settings)
    {
        var when = days switch { < 0 => $"ended on {entry.RetiresOn:yyyy-MM-dd}", 0 => "ends today", _ => $"ends in {days} days, on {entry.RetiresOn:yyyy-MM-dd}" };
        return new AlertNotice(AlertEvents.Deprecation, entry.Model, string.Create(
            CultureInfo.InvariantCulture, $"{entry.Model} {when}, and had {entry.RequestsLast30Days} requests in the last 30 days. {(entry.ReplacementModel is { } to ? $"Migrate to {to}, or to another model." : "Choose a replacement and migrate.")}"))
        {
            Severity = days <= settings.UrgentDays ? AlertSeverity.Urgent : days <= settings.ActionNeededDays ? AlertSeverity.ActionNeeded : AlertSeverity.Planning,
            Model = entry.Model,
            Provider = entry.Provider,
            Data = new JsonObject
            {
                ["model"] = entry.Model,
                ["provider"] = entry.Provider,
                ["sunset_date"] = entry.RetiresOn?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                ["days_remaining"] = days,
                ["your_usage"] = new JsonObject { ["requests_last_30d"] = entry.RequestsLast30Days, ["cost_last_30d"] = entry.CostLast30Days },
                ["recommended_action"] = entry.RecommendedAction,
            },
        };
    }
}

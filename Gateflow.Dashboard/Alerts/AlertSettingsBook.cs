using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Core.Alerts;
using Gateflow.Core.ChangeManagement;
using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Management;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Alerts;

/// <summary>Reads and writes <c>/settings/alerts</c>.</summary>
public sealed class AlertSettingsBook(IDbContextFactory<GateflowDb> databases, SettingsWatch watch, AlertPolicy policy)
{
    /// <summary>Settings stand in groups of groups, whose fields are laid over each other.</summary>
    internal const int Levels = 3;

    public async Task<JsonObject> ReadAsync(CancellationToken cancellationToken)
    {
        await watch.RunOnceAsync(cancellationToken);
        return View(policy.Current);
    }

    /// <summary>Sets what the patch names, in force here at once and on other nodes within seconds; every fault is listed.</summary>
    /// <param name="patch">What is wanted.</param>
    /// <param name="seen">The settings that whoever wants it looked at: refused where one of those wanted was changed since; null for whatever they were.</param>
    public async Task<Result<JsonObject>> SetAsync(JsonObject patch, CancellationToken cancellationToken, JsonObject? seen = null)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var webhooks = await db.Webhooks.AsNoTracking().Select(w => w.Id).ToListAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var standing = await db.HeldSettingAsync(AlertSettings.Row, cancellationToken) is { } json ? JsonSerializer.Deserialize<AlertSettings>(json, JsonColumn.Options)! : new AlertSettings();
        if (FormEdit.ChangedSince(patch, seen, View(standing), levels: Levels) is { } changed)
        {
            return changed;
        }

        var (settings, faults) = AlertDraft.Apply(standing, patch, webhooks);
        if (faults is [var first, ..])
        {
            return new Refusal(RefusalKind.Invalid, "invalid_parameter", first.Message) { Param = first.Param, Faults = faults };
        }

        await db.SetSettingAsync(AlertSettings.Row, JsonSerializer.Serialize(settings, JsonColumn.Options), cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return await ReadAsync(cancellationToken);
    }

    private static JsonObject View(AlertSettings settings) => new()
    {
        [AlertDraft.Deprecations] = new JsonObject
        {
            ["enabled"] = settings.Raises(AlertEvents.Deprecation),
            ["channels"] = settings.HeardBy(AlertEvents.Deprecation).Count > 0 ? new JsonArray("webhook") : [],
            ["thresholds"] = new JsonObject { ["planning"] = settings.PlanningDays, ["action_needed"] = settings.ActionNeededDays, ["urgent"] = settings.UrgentDays },
        },
        [AlertDraft.Thresholds] = new JsonObject
        {
            ["fallback_requests"] = settings.FallbackRequests,
            ["fallback_window_minutes"] = settings.FallbackWindowMinutes,
            ["hold_minutes"] = settings.HoldMinutes,
            ["budget_percent"] = settings.BudgetPercent,
        },
        [AlertDraft.Alerts] = new JsonObject(AlertEvents.All.Select(e => KeyValuePair.Create(e, (JsonNode?)new JsonObject
        {
            ["enabled"] = settings.Raises(e), ["webhooks"] = new JsonArray([.. settings.HeardBy(e).Select(w => JsonValue.Create(w))]),
        }))),
    };
}

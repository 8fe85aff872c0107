using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Core.ChangeManagement;
using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Fallbacks;
using Gateflow.Dashboard.Management;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.ChangeManagement;

/// <summary>Reads and writes <c>/settings</c>: the switch of automatic fallback, and what administrators set for the whole installation.</summary>
public sealed class ChangeBook(
    IDbContextFactory<GateflowDb> databases, FallbackSwitch fallbacks, SettingsWatch watch, ChangePolicy policy, SamplePolicy samples)
{
    /// <summary>Settings stand in groups, whose fields are laid over each other.</summary>
    internal const int Levels = 2;

    /// <summary>True when the patch holds what only administrators may set.</summary>
    public static bool NeedsAdministrator(JsonObject patch) => patch.Any(p => ChangeDraft.Fields.Contains(p.Key));

    /// <summary>All settings as they are in force.</summary>
    public async Task<JsonObject> ReadAsync(CancellationToken cancellationToken)
    {
        await watch.RunOnceAsync(cancellationToken);
        return View(policy.Current, await fallbacks.ReadAsync(cancellationToken));
    }

    /// <summary>Sets what the patch names, in force here at once and on other nodes within seconds; every fault is listed and nothing half-written.</summary>
    /// <param name="patch">What is wanted.</param>
    /// <param name="actor">Who wants it.</param>
    /// <param name="seen">The settings that they looked at: refused where one of those wanted was changed since; null for whatever they were.</param>
    public async Task<Result<JsonObject>> SetAsync(JsonObject patch, string actor, CancellationToken cancellationToken, JsonObject? seen = null)
    {
        var own = new JsonObject(patch.Where(p => ChangeDraft.Fields.Contains(p.Key)).Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone())));
        var others = new JsonObject(patch.Where(p => !ChangeDraft.Fields.Contains(p.Key)).Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone())));
        var switched = await fallbacks.ReadAsync(cancellationToken);
        await using (var db = await databases.CreateDbContextAsync(cancellationToken))
        {
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            var standing = await db.HeldSettingAsync(ChangeSettings.Row, cancellationToken) is { } json ? JsonSerializer.Deserialize<ChangeSettings>(json, JsonColumn.Options)! : new ChangeSettings();
            if (FormEdit.ChangedSince(patch, seen, View(standing, switched), levels: Levels) is { } changed)
            {
                return changed;
            }

            var (settings, faults) = ChangeDraft.Apply(standing, own);
            if ((IReadOnlyList<Fault>)[.. faults, .. FallbackSwitch.Read(others).Faults] is [var first, ..] all)
            {
                return new Refusal(RefusalKind.Invalid, "invalid_parameter", first.Message) { Param = first.Param, Faults = all };
            }

            if (own.Count > 0)
            {
                await db.SetSettingAsync(ChangeSettings.Row, JsonSerializer.Serialize(settings, JsonColumn.Options), cancellationToken);
                await db.SaveChangesAsync(cancellationToken);
                await transaction.CommitAsync(cancellationToken);
            }
        }

        if (others.Count > 0)
        {
            await fallbacks.SetAsync(others, actor, cancellationToken);
        }

        return await ReadAsync(cancellationToken);
    }

    /// <param name="settings">What administrators set.</param>
    /// <param name="view">The switch of automatic fallback, beside which they are laid.</param>
    private JsonObject View(ChangeSettings settings, JsonObject view)
    {
        var defaults = (JsonObject)JsonSerializer.SerializeToNode(settings.Default(), JsonColumn.Options)!;
        view[ChangeDraft.Defaults] = new JsonObject(ChangeSettings.DefaultFields.Select(f => KeyValuePair.Create(f, defaults[f]?.DeepClone())));
        if (settings.DefaultFaults() is { Count: > 0 } faults)
        {
            view[ChangeDraft.DefaultFaults] = new JsonArray([.. faults.Select(f => new JsonObject { ["param"] = f.Param, ["message"] = f.Message })]);
        }

        var kept = settings.Samples.Over(samples.Configured);
        view[ChangeDraft.Samples] = JsonSerializer.SerializeToNode(kept, JsonColumn.Options);
        view[ChangeDraft.Samples]!["redact"] = new JsonArray([.. Redactable.NamesOf(kept.Redact).Select(r => JsonValue.Create(r))]);
        view[ChangeDraft.Notice] = settings.DeprecationNoticeDays;
        return view;
    }
}

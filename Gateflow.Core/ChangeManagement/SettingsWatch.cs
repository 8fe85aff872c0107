using System.Text.Json;
using Gateflow.Core.Alerts;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.ChangeManagement;

/// <summary>Brings stored settings into force on this node: at the start, when they are changed here, and every few seconds for changes made elsewhere.</summary>
public sealed class SettingsWatch(IDbContextFactory<GateflowDb> databases, ChangePolicy changes, AlertPolicy alerts, SamplePolicy samples)
{
    /// <summary>One look.</summary>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var rows = await db.Settings.AsNoTracking().Where(s => s.Name == ChangeSettings.Row || s.Name == AlertSettings.Row)
            .ToDictionaryAsync(s => s.Name, s => s.Value, StringComparer.Ordinal, cancellationToken);
        changes.Current = Read<ChangeSettings>(rows.GetValueOrDefault(ChangeSettings.Row));
        alerts.Current = Read<AlertSettings>(rows.GetValueOrDefault(AlertSettings.Row));
        samples.Current = changes.Current.Samples.Over(samples.Configured);
    }

    private static T Read<T>(string? json)
        where T : class, new() => json is null ? new T() : JsonSerializer.Deserialize<T>(json, JsonColumn.Options) ?? new T();
}

using System.Text.Json;
using Gateflow.Core.Alerts;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Gateflow.Core.ChangeManagement;

/// <summary>Brings stored settings into force on this node: at the start, when they are changed here, and every few seconds for changes made elsewhere.</summary>
public sealed partial class SettingsWatch(
    IDbContextFactory<GateflowDb> databases, ChangePolicy changes, AlertPolicy alerts, SamplePolicy samples, ILogger<SettingsWatch> logger)
{
    private volatile string _refused = "";

    /// <summary>One look.</summary>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var rows = await db.Settings.AsNoTracking().Where(s => s.Name == ChangeSettings.Row || s.Name == AlertSettings.Row)
            .ToDictionaryAsync(s => s.Name, s => s.Value, StringComparer.Ordinal, cancellationToken);
        changes.Current = Read<ChangeSettings>(rows.GetValueOrDefault(ChangeSettings.Row));
        alerts.Current = Read<AlertSettings>(rows.GetValueOrDefault(AlertSettings.Row));
        samples.Current = changes.Current.Samples.Over(samples.Configured);
        var refused = string.Join(", ", changes.Current.DefaultFaults().Select(f => f.Param));
        if (refused != _refused && refused.Length > 0)
        {
            LogRefused(refused);
        }

        _refused = refused;
    }

    private static T Read<T>(string? json)
        where T : class, new() => json is null ? new T() : JsonSerializer.Deserialize<T>(json, JsonColumn.Options) ?? new T();

    [LoggerMessage(LogLevel.Warning, "Defaults of new migrations that are stored break the rules and are not in force: {Fields}. Set them anew in the settings of change management")]
    private partial void LogRefused(string fields);
}

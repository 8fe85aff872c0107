using System.Text.Json.Nodes;
using Gateflow.Core.Fallbacks;
using Gateflow.Core.Migrations;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Fallbacks;

/// <summary>
/// The global switch of automatic replacement on the catalog's date: <c>auto_fallback_on_deprecation</c> of <c>/settings</c>, which
/// <c>change_management.auto_fallback</c> names as well.
/// </summary>
public sealed partial class FallbackSwitch(IDbContextFactory<GateflowDb> databases, Routes routes, ILogger<FallbackSwitch> logger)
{
    private const string Group = "change_management";
    private const string InGroup = "auto_fallback";

    public async Task<JsonObject> ReadAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return View(await db.SettingAsync(AutoFallback.SettingName, cancellationToken) == "true");
    }

    /// <summary>Sets the switch, in force for the next request; the settings as they are then.</summary>
    public async Task<Result<JsonObject>> SetAsync(JsonObject patch, string actor, CancellationToken cancellationToken)
    {
        var (wanted, faults) = Read(patch);
        if (faults is [var first, ..])
        {
            return new Refusal(RefusalKind.Invalid, "invalid_parameter", first.Message) { Param = first.Param, Faults = faults };
        }

        if (wanted is { } set)
        {
            await StoreAsync(set, cancellationToken);
            LogSet(set, actor);
        }

        return await ReadAsync(cancellationToken);
    }

    /// <summary>What a patch of the settings wants of the switch, null for nothing, and every fault in it.</summary>
    internal static (bool? Wanted, IReadOnlyList<Fault> Faults) Read(JsonObject patch)
    {
        List<Fault> faults = [];
        List<bool> wanted = [];
        foreach (var (name, value) in Flat(patch, faults))
        {
            if (name is not (AutoFallback.SettingName or $"{Group}.{InGroup}"))
            {
                faults.Add(new Fault(name, $"{name} is not a setting; the settings are {AutoFallback.SettingName}, {Group}.{InGroup}, {string.Join(", ", ChangeManagement.ChangeDraft.Fields)}."));
            }
            else if (value is JsonValue flag && flag.TryGetValue<bool>(out var on))
            {
                wanted.Add(on);
            }
            else
            {
                faults.Add(new Fault(name, $"{name} must be true or false."));
            }
        }

        if (wanted.Distinct().Count() > 1)
        {
            faults.Add(new Fault(AutoFallback.SettingName, $"{AutoFallback.SettingName} and {Group}.{InGroup} are the same switch and must not differ."));
        }

        return (wanted.Count == 0 ? null : wanted[0], faults);
    }

    private async Task StoreAsync(bool on, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.SetSettingAsync(AutoFallback.SettingName, on ? "true" : "false", cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await db.BumpRouteVersionAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await routes.ReloadAsync(cancellationToken);
    }

    private static IEnumerable<(string Name, JsonNode? Value)> Flat(JsonObject patch, List<Fault> faults)
    {
        foreach (var (name, value) in patch)
        {
            if (name != Group)
            {
                yield return (name, value);
            }
            else if (value is JsonObject group)
            {
                foreach (var (inner, set) in group)
                {
                    yield return ($"{Group}.{inner}", set);
                }
            }
            else
            {
                faults.Add(new Fault(Group, $"{Group} must be an object."));
            }
        }
    }

    private static JsonObject View(bool on) => new() { [AutoFallback.SettingName] = on, [Group] = new JsonObject { [InGroup] = on } };

    [LoggerMessage(LogLevel.Information, "Automatic fallback on deprecation was set to {On} by {Actor}")]
    private partial void LogSet(bool on, string actor);
}

using System.Text.Json.Nodes;
using Gateflow.Core.Fallbacks;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.Alerts;

/// <summary>
/// Tells people of models that other models often answer for: a fallback that works hides the trouble behind it. Migrations have their own
/// verdicts, and a replacement on the catalog's date is what was wished for: neither counts.
/// </summary>
public sealed class FallbackWatch(IDbContextFactory<GateflowDb> databases, AlertPolicy policy, AlertBell bell, TimeProvider clock)
{
    /// <summary>How far back is looked, unless the alert settings say otherwise.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    /// <summary>Requests of a model answered by another within <see cref="Window"/> from which it is an alert, unless the alert settings say otherwise.</summary>
    public const int Many = 50;

    private static readonly string Wished = FallbackReason.ModelDeprecated.Name();

    /// <summary>One look: rings for each model that has many, and for each that no longer has.</summary>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var (window, many) = (TimeSpan.FromMinutes(policy.Current.FallbackWindowMinutes), policy.Current.FallbackRequests);
        var since = clock.GetUtcNow() - window;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var counts = await db.Requests
            .Where(r => r.At >= since && r.FallbackReason != null && r.FallbackReason != Wished && r.ServedModel != null && r.MigrationId == null && !r.Demo)
            .GroupBy(r => new { r.Model, r.FallbackReason })
            .Select(g => new { g.Key.Model, g.Key.FallbackReason, Count = g.Count() })
            .ToListAsync(cancellationToken);
        var heavy = counts.GroupBy(c => c.Model, StringComparer.Ordinal).Where(g => g.Sum(c => c.Count) >= many).ToList();
        foreach (var model in heavy)
        {
            var total = model.Sum(c => c.Count);
            var most = model.MaxBy(c => c.Count)!;
            bell.Ring(new AlertNotice(
                AlertEvents.FallbackHeavy, model.Key, $"{total} requests of '{model.Key}' were answered by fallbacks within {window.TotalMinutes:0} minutes, most of them for {most.FallbackReason}. See to its provider, or migrate.")
            {
                Model = model.Key,
                Data = new JsonObject(model.Select(c => KeyValuePair.Create(c.FallbackReason!, (JsonNode?)c.Count))),
            });
        }

        var standing = await db.Alerts.Where(a => a.Event == AlertEvents.FallbackHeavy && a.Status != AlertStatus.Resolved)
            .Select(a => a.Subject).Distinct().ToListAsync(cancellationToken);
        foreach (var over in standing.Where(s => !heavy.Exists(h => h.Key == s)))
        {
            bell.Ring(new AlertNotice(AlertEvents.FallbackHeavy, over) { Over = true });
        }
    }
}

using System.Text.Json.Nodes;
using Gateflow.Core.Alerts;
using Gateflow.Core.Routing;

namespace Gateflow.Core.Shadow;

/// <summary>Tells people of mirrors that show nothing: copies that nobody answers, and a budget that is used up. Once each, and when it is over.</summary>
public sealed class ShadowWatch(ShadowLedger ledger, Func<RouteTable> routes, AlertBell bell, TimeProvider clock)
{
    /// <summary>Copies without a delivery from which on it is an alarm.</summary>
    public const int Copies = 20;

    /// <summary>How long copies may wait for the first answer while none of them is lost.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly HashSet<(string Event, string MigrationId)> _told = [];

    /// <summary>One look.</summary>
    public Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var mirrored = routes().Migrations.Values.SelectMany(list => list).Where(r => r.Mirror is not null).ToDictionary(r => r.MigrationId, StringComparer.Ordinal);
        foreach (var route in mirrored.Values)
        {
            if (ledger.Find(route.MigrationId) is not { } tally)
            {
                continue;
            }

            var counts = tally.Read();
            Tell(counts.IsSilent(clock.GetUtcNow()), new AlertNotice(AlertEvents.ShadowSilent, route.MigrationId, Silence(route, counts))
            {
                Severity = AlertSeverity.Urgent,
                Model = route.TargetModel,
                Data = new JsonObject { ["delivered"] = 0, ["copies"] = counts.SinceDelivery, ["lost"] = counts.LostSinceDelivery },
            });
            Tell(tally.IsSpent(route.Mirror!.MaxCost), new AlertNotice(AlertEvents.ShadowBudget, route.MigrationId, Budget(route, counts))
            {
                Model = route.TargetModel,
                Data = new JsonObject { ["cost"] = counts.Cost, ["max_cost"] = route.Mirror.MaxCost },
            });
        }

        foreach (var (kind, id) in _told.Where(t => !mirrored.ContainsKey(t.MigrationId)).ToList())
        {
            Tell(false, new AlertNotice(kind, id));
        }

        return Task.CompletedTask;
    }

    private void Tell(bool stands, AlertNotice notice)
    {
        if (stands ? _told.Add((notice.Event, notice.Subject)) : _told.Remove((notice.Event, notice.Subject)))
        {
            bell.Ring(notice with { Over = !stands });
        }
    }

    private static string Silence(MigrationRoute route, ShadowCounts counts) =>
        $"0 of {counts.SinceDelivery} copies of requests for '{route.SourceModel}' were answered by '{route.TargetModel}' since {counts.SilentSince:yyyy-MM-dd HH:mm} UTC: the shadow phase shows nothing. See to the target's provider, or roll back.";

    private static string Budget(MigrationRoute route, ShadowCounts counts) => FormattableString.Invariant(
        $"The copies of requests for '{route.SourceModel}' to '{route.TargetModel}' have used up their budget of {route.Mirror!.MaxCost:0.####} USD ({counts.Cost:0.####} USD on this node): nothing is mirrored any more. What was seen stands.");
}

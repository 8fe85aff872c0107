using Gateflow.Core;
using Gateflow.Core.Alerts;
using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Migrations;

namespace Gateflow.Dashboard.Alerts;

/// <summary>The routes of alerts.</summary>
public static class AlertEndpoints
{
    public static void MapAlerts(this IEndpointRouteBuilder api)
    {
        api.MapGet("/alerts", ListAsync).Produces<ListPage<AlertView>>();
        api.MapPost("/alerts/{id}/acknowledge", async (string id, HttpContext http, AlertBook alerts) =>
        {
            var seen = await alerts.AcknowledgeAsync(id, MigrationEndpoints.Actor(http), http.RequestAborted);
            return seen.IsOk ? MigrationEndpoints.Json(seen.Value) : seen.Refusal.ToResult();
        }).RequireAuthorization(Policies.Operator).Produces<AlertView>();
    }

    private static async Task<IResult> ListAsync(AlertBook alerts, CancellationToken cancellationToken, string? status = null, int limit = 50, string? cursor = null)
    {
        List<AlertStatus> statuses = [];
        foreach (var name in (status ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!Wire.TryParse<AlertStatus>(name, out var value))
            {
                return Refusal.Invalid("status", $"'{name}' is no status. Use {string.Join(", ", Enum.GetValues<AlertStatus>().Select(Wire.Name))}.").ToResult();
            }

            statuses.Add(value);
        }

        return MigrationEndpoints.Json(await alerts.ListAsync(statuses, Math.Clamp(limit, 1, 200), cursor, cancellationToken));
    }
}

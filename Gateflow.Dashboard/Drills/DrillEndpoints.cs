using System.Text.Json.Nodes;
using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Migrations;

namespace Gateflow.Dashboard.Drills;

/// <summary>The routes of drills.</summary>
public static class DrillEndpoints
{
    public static void MapDrills(this IEndpointRouteBuilder api)
    {
        api.MapPost("/migrations/{id}/drill", RunAsync).RequireAuthorization(Policies.Operator).Takes<DrillRequest>(optional: true).WithSummary("Practises the rollback on synthetic requests");
        api.MapGet("/migrations/{id}/drills", async (string id, Drilling drilling, [AsParameters] Paging paging, CancellationToken token) =>
            await drilling.ListAsync(id, token) is { } drills
                ? paging.Of(drills.Select(d => d.ToJson()).ToList())
                : Refusal.NotFound("migration", id).ToResult());
    }

    private static async Task<IResult> RunAsync(string id, Body body, HttpContext http, Drilling drilling)
    {
        var request = body.Read<DrillRequest>();
        if (!request.IsOk)
        {
            return request.Refusal.ToResult();
        }

        var result = await drilling.RunAsync(id, request.Value, MigrationEndpoints.Actor(http), http.RequestAborted);
        return result.IsOk ? MigrationEndpoints.Json(result.Value.ToJson()) : result.Refusal.ToResult();
    }
}

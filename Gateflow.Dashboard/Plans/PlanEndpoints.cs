using System.Text;
using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Migrations;
using Gateflow.Dashboard.Webhooks;

namespace Gateflow.Dashboard.Plans;

/// <summary>The routes of plans.</summary>
public static class PlanEndpoints
{
    public static void MapPlans(this IEndpointRouteBuilder api)
    {
        api.MapGet("/plans", async (PlanReader plans, CancellationToken token, int limit = 50, string? cursor = null, string? model = null) =>
            MigrationEndpoints.Json(await plans.ListAsync(Math.Clamp(limit, 1, 100), cursor, model, token))).Produces<ListPage<PlanView>>();
        api.MapGet("/plans/{id}", async (string id, PlanReader plans, CancellationToken token) =>
            await plans.FindAsync(id, token) is { } plan ? MigrationEndpoints.Json(plan) : Refusal.NotFound("plan", id).ToResult()).Produces<PlanView>();
        api.MapGet("/plans/{id}/issue.md", async (string id, PlanReader plans, PublicAddress address, CancellationToken token) =>
            await plans.FindAsync(id, token) is { } plan
                ? Results.Text(PlanIssue.Write(plan, address), "text/markdown", Encoding.UTF8)
                : Refusal.NotFound("plan", id).ToResult());
        api.MapPost("/plans", CreateAsync).RequireAuthorization(Policies.Operator).Takes<PlanFields>().Produces<PlanView>(201);
        api.MapPatch("/plans/{id}", async (string id, Body body, PlanBook plans, HttpContext http) => body.Refusal is { } malformed
            ? malformed.ToResult()
            : Answer(await plans.UpdateAsync(id, body.Value, MigrationEndpoints.Actor(http), http.RequestAborted))).RequireAuthorization(Policies.Operator).Takes<PlanFields>().Produces<PlanView>();
        api.MapDelete("/plans/{id}", async (string id, PlanBook plans, HttpContext http) =>
            Answer(await plans.DeleteAsync(id, MigrationEndpoints.Actor(http), http.RequestAborted))).RequireAuthorization(Policies.Operator).Produces<PlanView>();
    }

    private static async Task<IResult> CreateAsync(Body body, PlanBook plans, HttpContext http)
    {
        if (body.Refusal is { } malformed)
        {
            return malformed.ToResult();
        }

        var created = await plans.CreateAsync(body.Value, MigrationEndpoints.Actor(http), http.RequestAborted);
        if (created.IsOk)
        {
            http.Response.Headers.Location = $"/v1/management/plans/{created.Value.Id}";
        }

        return Answer(created, 201);
    }

    private static IResult Answer(Result<PlanView> result, int status = 200) =>
        result.IsOk ? MigrationEndpoints.Json(result.Value, status) : result.Refusal.ToResult();
}

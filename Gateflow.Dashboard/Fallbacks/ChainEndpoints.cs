using Gateflow.Core.Fallbacks;
using Gateflow.Core.Migrations;
using Gateflow.Core.Routing;
using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Migrations;
using Gateflow.Gateway.Fallbacks;

namespace Gateflow.Dashboard.Fallbacks;

/// <summary>The routes of fallback chains and of the switch behind all of them.</summary>
public static class ChainEndpoints
{
    public static void MapFallbacks(this IEndpointRouteBuilder api)
    {
        api.MapGet("/fallback-chains", async (ChainBook chains, CancellationToken token, int limit = 50, string? cursor = null, string? primary = null) =>
            MigrationEndpoints.Json(await chains.ListAsync(Math.Clamp(limit, 1, 200), cursor, primary, token))).Produces<ListPage<ChainView>>();
        api.MapGet("/fallback-chains/{id}", async (string id, ChainBook chains, CancellationToken token) => Answer(await chains.FindAsync(id, token))).Produces<ChainView>();
        api.MapPost("/fallback-chains", CreateAsync).RequireAuthorization(Policies.Operator).Takes<ChainConfig>().Produces<ChainView>(201);
        api.MapPatch("/fallback-chains/{id}", PatchAsync).RequireAuthorization(Policies.Operator).Takes<ChainConfig>().Produces<ChainView>();
        api.MapDelete("/fallback-chains/{id}", async (string id, HttpContext http, ChainBook chains) =>
            Answer(await chains.DeleteAsync(id, MigrationEndpoints.Actor(http), http.RequestAborted))).RequireAuthorization(Policies.Operator).Produces<ChainView>();
        api.MapPost("/fallback-chains/dry-run", Play).Takes<DryRun>().Produces<DryRunView>().WithSummary("What would happen if a model failed now");
        api.MapPost("/fallback-chains/check", async (Body body, ChainBook chains, CancellationToken token, string? id = null) =>
            body.Refusal is not null ? body.Refusal.ToResult() : MigrationEndpoints.Json(await chains.CheckAsync(id, body.Value, token))).Takes<ChainConfig>().Produces<ChainCheck>().WithSummary("What is wrong with a chain, before it is stored");
    }

    private static async Task<IResult> CreateAsync(Body body, HttpContext http, ChainBook chains)
    {
        if (body.Refusal is not null)
        {
            return body.Refusal.ToResult();
        }

        var created = await chains.CreateAsync(body.Value, MigrationEndpoints.Actor(http), http.RequestAborted);
        if (created.IsOk)
        {
            http.Response.Headers.Location = $"/v1/management/fallback-chains/{created.Value.Id}";
        }

        return Answer(created, 201);
    }

    private static async Task<IResult> PatchAsync(string id, Body body, HttpContext http, ChainBook chains) =>
        body.Refusal is not null ? body.Refusal.ToResult()
        : Answer(await chains.UpdateAsync(id, body.Value, MigrationEndpoints.Actor(http), http.RequestAborted));

    private static IResult Play(Body body, FallbackRehearsal rehearsal, ModelDirectory models)
    {
        var request = body.Read<DryRun>();
        return request.IsOk ? Answer(request.Value.Play(rehearsal, models)) : request.Refusal.ToResult();
    }

    private static IResult Answer<T>(Result<T> result, int status = 200)
        where T : class => result.IsOk ? MigrationEndpoints.Json(result.Value, status) : result.Refusal.ToResult();
}

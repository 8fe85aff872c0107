using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Migrations;

namespace Gateflow.Dashboard.Providers;

/// <summary>The routes of providers: whoever may look sees them, administrators change them.</summary>
public static class ProviderApi
{
    public static void MapProviders(this IEndpointRouteBuilder api)
    {
        var providers = api.MapGroup("/providers");
        providers.MapGet("", async (ProviderStore store, CancellationToken token) =>
            MigrationEndpoints.Json(new ListPage<ProviderView>(await store.ListAsync(token), null)));
        providers.MapGet("/{id}", async (string id, ProviderStore store, CancellationToken token) =>
            await store.FindAsync(id, token) is { } provider ? MigrationEndpoints.Json(provider) : Refusal.NotFound("provider", id).ToResult());
        providers.MapPost("", CreateAsync).RequireAuthorization(Policies.Admin);
        providers.MapPatch("/{id}", UpdateAsync).RequireAuthorization(Policies.Admin);
        providers.MapDelete("/{id}", DeleteAsync).RequireAuthorization(Policies.Admin);
    }

    private static async Task<IResult> CreateAsync(Body body, HttpContext http, ProviderStore store) =>
        body.Refusal is { } malformed ? malformed.ToResult() : Answer(await store.CreateAsync(body.Value, MigrationEndpoints.Actor(http), http.RequestAborted), 201);

    private static async Task<IResult> UpdateAsync(string id, Body body, HttpContext http, ProviderStore store) =>
        body.Refusal is { } malformed ? malformed.ToResult() : Answer(await store.UpdateAsync(id, body.Value, MigrationEndpoints.Actor(http), http.RequestAborted));

    private static async Task<IResult> DeleteAsync(string id, HttpContext http, ProviderStore store) =>
        Answer(await store.DeleteAsync(id, MigrationEndpoints.Actor(http), http.RequestAborted));

    private static IResult Answer(Result<ProviderView> result, int status = 200) =>
        result.IsOk ? MigrationEndpoints.Json(result.Value, status) : result.Refusal.ToResult();
}

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
        providers.MapGet("", async (ProviderStore store, [AsParameters] Paging paging, CancellationToken token) => paging.Of(await store.ListAsync(token))).Produces<ListPage<ProviderView>>();
        providers.MapGet("/{id}", async (string id, ProviderStore store, CancellationToken token) =>
            await store.FindAsync(id, token) is { } provider ? MigrationEndpoints.Json(provider) : Refusal.NotFound("provider", id).ToResult()).Produces<ProviderView>();
        providers.MapPost("", CreateAsync).RequireAuthorization(Policies.Admin).Takes<ProviderDraft>().Produces<ProviderView>(201);
        providers.MapPost("/test", TestDraftAsync).RequireAuthorization(Policies.Admin).Takes<ProviderDraft>().TakesBeside("model").Produces<TestView>().WithSummary("Calls a provider before it is stored");
        providers.MapPost("/{id}/test", TestAsync).RequireAuthorization(Policies.Operator).Takes<TestRequest>(optional: true).Produces<TestView>().WithSummary("Calls the provider");
        providers.MapPatch("/{id}", UpdateAsync).RequireAuthorization(Policies.Admin).Takes<ProviderDraft>().Produces<ProviderView>();
        providers.MapDelete("/{id}", DeleteAsync).RequireAuthorization(Policies.Admin).Produces<ProviderView>();
    }

    private static async Task<IResult> CreateAsync(Body body, HttpContext http, ProviderStore store) =>
        body.Refusal is { } malformed ? malformed.ToResult() : Answer(await store.CreateAsync(body.Value, MigrationEndpoints.Actor(http), http.RequestAborted), 201);

    private static async Task<IResult> UpdateAsync(string id, Body body, HttpContext http, ProviderStore store) =>
        body.Refusal is { } malformed ? malformed.ToResult() : Answer(await store.UpdateAsync(id, body.Value, MigrationEndpoints.Actor(http), http.RequestAborted));

    private static async Task<IResult> DeleteAsync(string id, HttpContext http, ProviderStore store) =>
        Answer(await store.DeleteAsync(id, MigrationEndpoints.Actor(http), http.RequestAborted));

    /// <summary>The body is that of POST /providers, and a model to ask where one is wanted.</summary>
    private static async Task<IResult> TestDraftAsync(Body body, HttpContext http, ProviderTesting testing)
    {
        if (body.Refusal is { } malformed)
        {
            return malformed.ToResult();
        }

        if (body.Value["model"] is not null && body.Text("model") is null)
        {
            return Refusal.Invalid("model", "model must be a text: the model to ask.").ToResult();
        }

        var model = body.Text("model");
        body.Value.Remove("model");
        var result = await testing.RunDraftAsync(body.Value, null, model, http.RequestAborted);
        return result.IsOk ? MigrationEndpoints.Json(result.Value) : result.Refusal.ToResult();
    }

    private static async Task<IResult> TestAsync(string id, Body body, HttpContext http, ProviderTesting testing)
    {
        var request = body.Read<TestRequest>();
        if (!request.IsOk)
        {
            return request.Refusal.ToResult();
        }

        var result = await testing.RunAsync(id, request.Value.Model, http.RequestAborted);
        return result.IsOk ? MigrationEndpoints.Json(result.Value) : result.Refusal.ToResult();
    }

    private static IResult Answer(Result<ProviderView> result, int status = 200) =>
        result.IsOk ? MigrationEndpoints.Json(result.Value, status) : result.Refusal.ToResult();

    private sealed record TestRequest
    {
        /// <summary>The model to ask; null for one of the provider's.</summary>
        public string? Model { get; init; }
    }
}

using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Migrations;

namespace Gateflow.Dashboard.Features;

/// <summary>The routes of features.</summary>
public static class FeatureEndpoints
{
    public static void MapFeatures(this IEndpointRouteBuilder api)
    {
        api.MapGet("/features", async (FeatureBook book, [AsParameters] Paging paging, CancellationToken token, bool seen = false) => paging.Of(await book.ListAsync(seen, token))).Produces<ListPage<FeatureView>>();
        api.MapGet("/features/{id}", async (string id, FeatureBook book, CancellationToken token) =>
            await book.FindAsync(id, token) is { } feature ? MigrationEndpoints.Json(feature) : Refusal.NotFound("feature", id).ToResult()).Produces<FeatureView>();
        api.MapPost("/features", async (Body body, FeatureBook book, HttpContext http) => body.Refusal is { } malformed
            ? malformed.ToResult()
            : Answer(await book.CreateAsync(body.Value, MigrationEndpoints.Actor(http), http.RequestAborted), 201)).RequireAuthorization(Policies.Admin).Takes<FeatureDraft>().Produces<FeatureView>(201);
        api.MapPatch("/features/{id}", async (string id, Body body, FeatureBook book, CancellationToken token) => body.Refusal is { } malformed
            ? malformed.ToResult()
            : Answer(await book.UpdateAsync(id, body.Value, token), 200)).RequireAuthorization(Policies.Admin).Takes<FeatureDraft>().Produces<FeatureView>();
        api.MapDelete("/features/{id}", async (string id, FeatureBook book, CancellationToken token) => Answer(await book.DeleteAsync(id, token), 200)).RequireAuthorization(Policies.Admin).Produces<FeatureView>();
    }

    private static IResult Answer(Result<FeatureView> result, int status) => result.IsOk ? MigrationEndpoints.Json(result.Value, status) : result.Refusal.ToResult();
}

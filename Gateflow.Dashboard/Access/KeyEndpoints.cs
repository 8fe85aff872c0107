using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Migrations;
using Microsoft.OpenApi;

namespace Gateflow.Dashboard.Access;

/// <summary>The routes of API keys; only administrators reach them.</summary>
public static class KeyEndpoints
{
    public static void MapApiKeys(this IEndpointRouteBuilder api)
    {
        var keys = api.MapGroup("/api-keys").RequireAuthorization(Policies.Admin);
        keys.MapGet("", async (ApiKeys all, [AsParameters] Paging paging, CancellationToken token) => paging.Of(await all.ListAsync(token))).Produces<ListPage<KeyView>>();
        keys.MapGet("/{id}", async (string id, ApiKeys all, CancellationToken token) =>
            await all.FindAsync(id, token) is { } key ? MigrationEndpoints.Json(key) : Refusal.NotFound("key", id).ToResult()).Produces<KeyView>();
        keys.MapPost("", CreateAsync).Takes<CreateKey>().Produces<KeyView>(201).AnswersBeside(201, ("key", JsonSchemaType.String));
        keys.MapPatch("/{id}", async (string id, Body body, ApiKeys all, CancellationToken token) =>
        {
            if (body.Refusal is { } malformed)
            {
                return malformed.ToResult();
            }

            var changed = await all.UpdateAsync(id, body.Value, token);
            return changed.IsOk ? MigrationEndpoints.Json(changed.Value) : changed.Refusal.ToResult();
        }).Takes<KeyFields>().Produces<KeyView>();
        keys.MapDelete("/{id}", async (string id, ApiKeys all, CancellationToken token) =>
        {
            var revoked = await all.RevokeAsync(id, token);
            return revoked.IsOk ? MigrationEndpoints.Json(revoked.Value) : revoked.Refusal.ToResult();
        }).Produces<KeyView>();
    }

    private static async Task<IResult> CreateAsync(Body body, HttpContext http, ApiKeys all)
    {
        var request = body.Read<CreateKey>();
        if (!request.IsOk)
        {
            return request.Refusal.ToResult();
        }

        if (KeyPatch.UnknownLimits(body.Value).ToList() is [var first, ..] faults)
        {
            return new Refusal(RefusalKind.Invalid, "invalid_parameter", first.Message) { Param = first.Param, Faults = faults }.ToResult();
        }

        var created = await all.CreateAsync(request.Value, MigrationEndpoints.Actor(http), http.RequestAborted);
        if (!created.IsOk)
        {
            return created.Refusal.ToResult();
        }

        var answer = (System.Text.Json.Nodes.JsonObject)System.Text.Json.JsonSerializer.SerializeToNode(created.Value.View, Gateflow.Core.Storage.JsonColumn.Options)!;
        answer["key"] = created.Value.Key;
        return MigrationEndpoints.Json(answer, 201);
    }
}

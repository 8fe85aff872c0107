using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Migrations;

namespace Gateflow.Dashboard.Prompts;

/// <summary>The routes of prompts. Texts are for operators; viewers see names and numbers.</summary>
public static class PromptEndpoints
{
    public static void MapPrompts(this IEndpointRouteBuilder api)
    {
        api.MapGet("/prompts", async (PromptBook prompts, CancellationToken token, int limit = 50, string? cursor = null) =>
            MigrationEndpoints.Json(await prompts.ListAsync(Math.Clamp(limit, 1, 200), cursor, token))).Produces<ListPage<PromptView>>();
        api.MapGet("/prompts/{id}", async (string id, PromptBook prompts, CancellationToken token) =>
            await prompts.FindAsync(id, token) is { } prompt ? MigrationEndpoints.Json(prompt) : Missing(id)).Produces<PromptView>();
        var texts = api.MapGroup("/prompts").RequireAuthorization(Policies.Operator);
        texts.MapPost("", async (Body body, PromptBook prompts, HttpContext http) => body.Refusal is { } malformed
            ? malformed.ToResult()
            : Answer(await prompts.CreateAsync(body.Value, MigrationEndpoints.Actor(http), http.RequestAborted), 201)).Takes<PromptFields>().Produces<PromptView>(201);
        texts.MapPatch("/{id}", async (string id, Body body, PromptBook prompts, HttpContext http) => body.Refusal is { } malformed
            ? malformed.ToResult()
            : Answer(await prompts.UpdateAsync(id, body.Value, MigrationEndpoints.Actor(http), http.RequestAborted))).Takes<PromptPatch>().Produces<PromptView>();
        texts.MapDelete("/{id}", async (string id, PromptBook prompts, HttpContext http) =>
            Answer(await prompts.DeleteAsync(id, MigrationEndpoints.Actor(http), http.RequestAborted))).Produces<PromptView>();
        texts.MapGet("/{id}/versions", async (string id, PromptBook prompts, CancellationToken token, int limit = 20, int? cursor = null) =>
            await prompts.VersionsAsync(id, Math.Clamp(limit, 1, 100), cursor, token) is { } page ? MigrationEndpoints.Json(page) : Missing(id)).Produces<ListPage<PromptVersionView>>();
        texts.MapGet("/{id}/versions/{version:int}", async (string id, int version, PromptBook prompts, CancellationToken token) =>
            await prompts.VersionAsync(id, version, token) is { } found ? MigrationEndpoints.Json(found) : Missing($"{id}/versions/{version}")).Produces<PromptVersionView>();
        texts.MapPost("/{id}/versions", async (string id, Body body, PromptBook prompts, HttpContext http) => body.Refusal is { } malformed
            ? malformed.ToResult()
            : Answer(await prompts.AddAsync(id, body.Value, MigrationEndpoints.Actor(http), http.RequestAborted), 201)).Takes<VersionFields>().Produces<PromptVersionView>(201);
    }

    private static IResult Missing(string id) => Refusal.NotFound("prompt", id).ToResult();

    private static IResult Answer<T>(Result<T> result, int status = 200)
        where T : class => result.IsOk ? MigrationEndpoints.Json(result.Value, status) : result.Refusal.ToResult();
}

using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Migrations;

namespace Gateflow.Dashboard.Templates;

/// <summary>The routes of templates. Their list is short and comes whole.</summary>
public static class TemplateEndpoints
{
    public static void MapTemplates(this IEndpointRouteBuilder api)
    {
        api.MapGet("/migration-templates", async (TemplateBook templates, [AsParameters] Paging paging, CancellationToken token) => paging.Of(await templates.ListAsync(token))).Produces<ListPage<TemplateView>>();
        api.MapGet("/migration-templates/{id}", async (string id, TemplateBook templates, CancellationToken token) =>
            await templates.FindAsync(id, token) is { } template ? MigrationEndpoints.Json(template) : Refusal.NotFound("template", id).ToResult()).Produces<TemplateView>();
        api.MapPost("/migration-templates", async (Body body, TemplateBook templates, HttpContext http) => body.Refusal is { } malformed
            ? malformed.ToResult()
            : Answer(await templates.CreateAsync(body.Value, MigrationEndpoints.Actor(http), http.RequestAborted), 201)).RequireAuthorization(Policies.Operator).Takes<TemplateFields>().Produces<TemplateView>(201);
        api.MapDelete("/migration-templates/{id}", async (string id, TemplateBook templates, HttpContext http) =>
            Answer(await templates.DeleteAsync(id, MigrationEndpoints.Actor(http), http.RequestAborted), 200)).RequireAuthorization(Policies.Operator).Produces<TemplateView>();
    }

    private static IResult Answer(Result<TemplateView> result, int status) =>
        result.IsOk ? MigrationEndpoints.Json(result.Value, status) : result.Refusal.ToResult();
}

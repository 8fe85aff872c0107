using Gateflow.Core.UsageImports;
using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Migrations;
using Microsoft.AspNetCore.Http.Features;

namespace Gateflow.Dashboard.UsageImports;

/// <summary>The routes of usage imports: <c>/usage/import</c> and <c>/usage/imports</c>.</summary>
public static class ImportEndpoints
{
    public static void MapImports(this IEndpointRouteBuilder api)
    {
        api.MapPost("/usage/import", ReceiveAsync).RequireAuthorization(Policies.Operator).TakesFile("text/csv", "application/jsonl").Produces<UsageImport>().Produces<UsageImport>(202).WithSummary("Counts past requests from a file");
        api.MapGet("/usage/imports", ListAsync).RequireAuthorization(Policies.Operator).Produces<ListPage<UsageImport>>();
        api.MapGet("/usage/imports/{id}", GetAsync).RequireAuthorization(Policies.Operator).Produces<UsageImport>();
        api.MapPost("/usage/imports/{id}/cancel", CancelAsync).RequireAuthorization(Policies.Operator).Produces<UsageImport>();
        api.MapDelete("/usage/imports/{id}", RemoveAsync).RequireAuthorization(Policies.Operator);
    }

    /// <summary>202 while it is counted in the background; with <c>?wait=true</c> 200 at its end. The body is the file itself.</summary>
    private static async Task<IResult> ReceiveAsync(
        HttpContext http, ImportRunner runner, ImportStore store, [Microsoft.AspNetCore.Mvc.FromQuery(Name = "time_zone")] string? timeZone = null, bool wait = false)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null; // streamed to disk
        }

        var received = await runner.ReceiveAsync(http.Request.Body, timeZone, http.RequestAborted);
        if (!received.IsOk)
        {
            return received.Refusal.ToResult();
        }

        var import = received.Value;
        if (wait && import.Status == UsageImportStatus.Running)
        {
            await runner.RunOnceAsync(http.RequestAborted);
            import = (await store.FindAsync(import.Id, http.RequestAborted))!;
        }

        http.Response.Headers.Location = $"/v1/management/usage/imports/{import.Id}";
        return MigrationEndpoints.Json(import, import.Status == UsageImportStatus.Running ? StatusCodes.Status202Accepted : StatusCodes.Status200OK);
    }

    private static async Task<IResult> ListAsync(ImportStore store, [AsParameters] Paging paging, CancellationToken cancellationToken) =>
        paging.Of(await store.ListAsync(cancellationToken));

    private static async Task<IResult> GetAsync(string id, ImportStore store, CancellationToken cancellationToken) =>
        await store.FindAsync(id, cancellationToken) is { } import ? MigrationEndpoints.Json(import) : Refusal.NotFound("import", id).ToResult();

    private static async Task<IResult> CancelAsync(string id, ImportRunner runner, ImportStore store, CancellationToken cancellationToken) =>
        await runner.CancelAsync(id, cancellationToken) is { } refusal ? refusal.ToResult() : await GetAsync(id, store, cancellationToken);

    private static async Task<IResult> RemoveAsync(string id, ImportRunner runner, CancellationToken cancellationToken) =>
        await runner.RemoveAsync(id, cancellationToken) is { } refusal ? refusal.ToResult() : Results.NoContent();
}

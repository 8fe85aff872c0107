using Gateflow.Core;
using Gateflow.Core.Catalog.Imports;
using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Migrations;
using Microsoft.AspNetCore.Http.Features;

namespace Gateflow.Dashboard.Catalog;

/// <summary>The routes of catalog imports: read, review, apply, undo.</summary>
public static class CatalogImportEndpoints
{
    private const int MostOfPage = 500;

    public static void MapCatalogImports(this IEndpointRouteBuilder api)
    {
        var imports = api.MapGroup("/catalog/imports").RequireAuthorization(Policies.Operator);
        imports.MapPost("", ReceiveAsync).TakesFile("application/json").Produces<CatalogImport>(201).WithSummary("Reads a price file, for review");
        imports.MapGet("", async (CatalogImports store, [AsParameters] Paging paging, CancellationToken token) => paging.Of(await store.ListAsync(token))).Produces<ListPage<CatalogImport>>();
        imports.MapGet("/{id}", async (string id, CatalogImports store, CancellationToken token) => Answer(await store.FindAsync(id, token))).Produces<CatalogImport>();
        imports.MapGet("/{id}/rows", RowsAsync);
        imports.MapPost("/{id}/apply", ApplyAsync).Takes<ImportChoice>(optional: true).Produces<CatalogImport>().WithSummary("Takes over the changes that were reviewed");
        imports.MapPost("/{id}/undo", async (string id, HttpContext http, ImportApplying applying) =>
            Answer(await applying.UndoAsync(id, MigrationEndpoints.Actor(http), http.RequestAborted))).Produces<CatalogImport>();
        api.MapPost("/catalog/sync", SyncAsync).RequireAuthorization(Policies.Operator).Takes<SyncRequest>().Produces<CatalogImport>(201).WithSummary("Reads a provider's list of models, for review");
    }

    /// <summary>The body is the file itself; it is read entry by entry.</summary>
    private static async Task<IResult> ReceiveAsync(HttpContext http, CatalogImports imports, string? source = null, string? providers = null)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null; // the reader has a limit of its own, and says so
        }

        return Answer(await imports.ReceiveAsync(http.Request.Body, source, providers, MigrationEndpoints.Actor(http), http.RequestAborted), 201);
    }

    private static async Task<IResult> RowsAsync(string id, CatalogImports imports, CancellationToken token, string? kind = null, int limit = 100, int cursor = 0)
    {
        ImportRowKind? only = null;
        if (kind is not null)
        {
            if (!Wire.TryParse<ImportRowKind>(kind, out var parsed))
            {
                return Refusal.Invalid("kind", "kind must be added, changed, missing or faulty.").ToResult();
            }

            only = parsed;
        }

        return limit is < 1 or > MostOfPage
            ? Refusal.Invalid("limit", $"limit must be from 1 to {MostOfPage}.").ToResult()
            : Answer(await imports.RowsAsync(id, only, limit, cursor, token));
    }

    private static async Task<IResult> ApplyAsync(string id, Body body, HttpContext http, ImportApplying applying)
    {
        var choice = body.Read<ImportChoice>();
        return choice.IsOk
            ? Answer(await applying.ApplyAsync(id, choice.Value.Rows, choice.Value.Fields, MigrationEndpoints.Actor(http), http.RequestAborted))
            : choice.Refusal.ToResult();
    }

    private static async Task<IResult> SyncAsync(Body body, HttpContext http, CatalogSync sync)
    {
        var request = body.Read<SyncRequest>();
        return !request.IsOk ? request.Refusal.ToResult()
            : request.Value.Provider is not { } provider ? Refusal.Invalid("provider", "provider must be the name of a configured provider.").ToResult()
            : Answer(await sync.RunAsync(provider, MigrationEndpoints.Actor(http), http.RequestAborted), 201);
    }

    private static IResult Answer<T>(Result<T> result, int status = 200)
        where T : class => result.IsOk ? MigrationEndpoints.Json(result.Value, status) : result.Refusal.ToResult();

    /// <summary>What of an import is applied; nothing named is all.</summary>
    private sealed record ImportChoice
    {
        public IReadOnlyList<int>? Rows { get; init; }

        public IReadOnlyList<string>? Fields { get; init; }
    }

    private sealed record SyncRequest
    {
        public string? Provider { get; init; }
    }
}

using System.Globalization;
using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Migrations;
using Microsoft.AspNetCore.Http.Features;

namespace Gateflow.Dashboard.Datasets;

/// <summary>The routes of datasets and their items. Texts are for operators, as the pairs of replays are.</summary>
public static class DatasetEndpoints
{
    public static void MapDatasets(this IEndpointRouteBuilder api)
    {
        api.MapGet("/datasets", async (DatasetBook book, CancellationToken token, int limit = 50, string? cursor = null) =>
            MigrationEndpoints.Json(await book.ListAsync(Math.Clamp(limit, 1, 200), cursor, token))).Produces<ListPage<DatasetView>>();
        api.MapGet("/datasets/{id}", GetAsync).Produces<DatasetView>();
        api.MapPost("/datasets", CreateAsync).RequireAuthorization(Policies.Operator).Takes<CreateDataset>().Produces<DatasetView>(201);
        api.MapPatch("/datasets/{id}", PatchAsync).RequireAuthorization(Policies.Operator).Takes<DatasetFields>().Produces<DatasetView>();
        api.MapDelete("/datasets/{id}", async (string id, HttpContext http, DatasetBook book) =>
            await book.DeleteAsync(id, MigrationEndpoints.Actor(http), http.RequestAborted) is { } refusal ? refusal.ToResult() : Results.NoContent()).RequireAuthorization(Policies.Operator);
        api.MapGet("/datasets/{id}/items", ItemsAsync).RequireAuthorization(Policies.Operator);
        api.MapPost("/datasets/{id}/items", AddAsync).RequireAuthorization(Policies.Operator).Takes<AddItems>().TakesFile("application/jsonl").Produces<AddReport>();
        api.MapPatch("/datasets/{id}/items/{itemId}", ExpectAsync).RequireAuthorization(Policies.Operator).Takes<ExpectedAnswer>();
        api.MapDelete("/datasets/{id}/items/{itemId}", async (string id, string itemId, DatasetItemBook book, CancellationToken token) =>
            await book.RemoveAsync(id, itemId, token) is { } refusal ? refusal.ToResult() : Results.NoContent()).RequireAuthorization(Policies.Operator);
    }

    private static async Task<IResult> GetAsync(string id, DatasetBook book, CancellationToken cancellationToken) =>
        await book.FindAsync(id, cancellationToken) is { } view ? MigrationEndpoints.Json(view) : DatasetBook.NotFound(id).ToResult();

    private static async Task<IResult> CreateAsync(Body body, HttpContext http, DatasetBook book)
    {
        var request = body.Read<CreateDataset>();
        if (!request.IsOk)
        {
            return request.Refusal.ToResult();
        }

        var created = await book.CreateAsync(request.Value, MigrationEndpoints.Actor(http), http.RequestAborted);
        if (!created.IsOk)
        {
            return created.Refusal.ToResult();
        }

        http.Response.Headers.Location = $"/v1/management/datasets/{created.Value.DatasetId}";
        return MigrationEndpoints.Json(created.Value, StatusCodes.Status201Created);
    }

    private static async Task<IResult> PatchAsync(string id, Body body, HttpContext http, DatasetBook book)
    {
        var request = body.Read<DatasetFields>();
        if (!request.IsOk)
        {
            return request.Refusal.ToResult();
        }

        var updated = await book.UpdateAsync(id, body.Value, MigrationEndpoints.Actor(http), http.RequestAborted);
        return updated.IsOk ? MigrationEndpoints.Json(updated.Value) : updated.Refusal.ToResult();
    }

    private static async Task<IResult> ItemsAsync(string id, DatasetItemBook book, CancellationToken cancellationToken, int limit = 20, string? cursor = null)
    {
        var after = 0;
        if (!string.IsNullOrEmpty(cursor) && !int.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out after))
        {
            return Refusal.Invalid("cursor", "cursor must be the next_cursor of an earlier page.").ToResult();
        }

        var items = await book.ItemsAsync(id, Math.Clamp(limit, 1, 100), after, cancellationToken);
        return items.IsOk ? MigrationEndpoints.Json(items.Value) : items.Refusal.ToResult();
    }

    /// <summary>A JSON object says where the items come from; anything else is a file of JSON Lines, read as it comes.</summary>
    private static async Task<IResult> AddAsync(string id, HttpContext http, DatasetItemBook book)
    {
        Result<AddReport> added;
        if (http.Request.HasJsonContentType())
        {
            var request = (await Body.BindAsync(http))!.Read<AddItems>();
            added = !request.IsOk ? request.Refusal
                : request.Value.Sources == 0 ? Refusal.Invalid("items", "Give one of samples, pairs and items, or send a file of JSON Lines as application/jsonl.")
                : await book.AddAsync(id, request.Value, http.RequestAborted);
        }
        else
        {
            if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            {
                size.MaxRequestBodySize = null; // read line by line, and no further than the set has room
            }

            added = await book.UploadAsync(id, http.Request.Body, http.RequestAborted);
        }

        return added.IsOk ? MigrationEndpoints.Json(added.Value) : added.Refusal.ToResult();
    }

    private static async Task<IResult> ExpectAsync(string id, string itemId, Body body, DatasetItemBook book, CancellationToken cancellationToken)
    {
        var request = body.Read<ExpectedAnswer>();
        if (!request.IsOk)
        {
            return request.Refusal.ToResult();
        }

        if (!body.Value.ContainsKey("expected"))
        {
            return Refusal.Invalid("expected", "expected is required: a text; null takes it away.").ToResult();
        }

        var expected = request.Value.Expected;
        return await book.ExpectAsync(id, itemId, expected, cancellationToken) is { } refusal
            ? refusal.ToResult()
            : MigrationEndpoints.Json(new System.Text.Json.Nodes.JsonObject { ["item_id"] = itemId, ["expected"] = expected });
    }
}

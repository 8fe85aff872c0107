using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Core;
using Gateflow.Core.Compatibility;
using Gateflow.Core.Deprecations;
using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Migrations;
using Microsoft.AspNetCore.Mvc;

namespace Gateflow.Dashboard.Catalog;

/// <summary>The routes of models, aliases, parameter rules and deprecations: whoever may look sees them, operators change them.</summary>
public static class ModelEndpoints
{
    public static void MapModels(this IEndpointRouteBuilder api)
    {
        api.MapGet("/models", ListAsync);
        api.MapGet("/models/{**name}", async (string name, ModelReader reader, CancellationToken token) => Answer(await reader.FindAsync(Name(name), token))).Produces<ModelView>();
        api.MapPost("/models", async (Body body, HttpContext http, ModelBook book) => body.Refusal is { } malformed
            ? malformed.ToResult()
            : Answer(await book.CreateAsync(body.Value, MigrationEndpoints.Actor(http), http.RequestAborted), 201)).RequireAuthorization(Policies.Operator).Takes(FactSchemas.With("provider", "id")).Produces<ModelView>(201);
        api.MapPatch("/models/{**name}", async (string name, Body body, HttpContext http, ModelBook book) => body.Refusal is { } malformed
            ? malformed.ToResult()
            : Answer(await book.UpdateAsync(Name(name), body.Value, MigrationEndpoints.Actor(http), http.RequestAborted))).RequireAuthorization(Policies.Operator).Takes(FactSchemas.With()).Produces<ModelView>();
        api.MapDelete("/models/{**name}", async (
                string name, HttpContext http, ModelBook book, string? fact = null, [FromQuery(Name = "valid_from")] string? validFrom = null) =>
            Answer(await book.ResetAsync(Name(name), fact, validFrom, MigrationEndpoints.Actor(http), http.RequestAborted))).RequireAuthorization(Policies.Operator).Produces<ModelView>().WithSummary("Resets one stored fact, or all; a model of one's own is removed by the latter");
        api.MapAliases();
        api.MapRules();
        api.MapGet("/deprecations", async (
            Deprecating deprecating, [AsParameters] Paging paging, CancellationToken token, [FromQuery(Name = "within_days")] int? withinDays = null, [FromQuery(Name = "in_use")] bool inUse = true) =>
            paging.Of(inUse ? await deprecating.ListAsync(withinDays, token) : await deprecating.UnusedAsync(withinDays, token)));
    }

    private static void MapAliases(this IEndpointRouteBuilder api)
    {
        api.MapGet("/aliases", async (AliasBook book, [AsParameters] Paging paging, CancellationToken token) => paging.Of(await book.ListAsync(token))).Produces<ListPage<AliasView>>();
        api.MapGet("/aliases/{**id}", async (string id, AliasBook book, CancellationToken token) => Answer(await book.FindAsync(Name(id), token))).Produces<AliasView>();
        api.MapPost("/aliases", async (Body body, HttpContext http, AliasBook book) => body.Refusal is { } malformed
            ? malformed.ToResult()
            : Answer(await book.CreateAsync(body.Value, MigrationEndpoints.Actor(http), http.RequestAborted), 201)).RequireAuthorization(Policies.Operator).Takes<AliasFields>().Produces<AliasView>(201);
        api.MapPatch("/aliases/{**id}", async (string id, Body body, HttpContext http, AliasBook book) => body.Refusal is { } malformed
            ? malformed.ToResult()
            : Answer(await book.UpdateAsync(Name(id), body.Value, MigrationEndpoints.Actor(http), http.RequestAborted))).RequireAuthorization(Policies.Operator).Takes<AliasFields>().Produces<AliasView>();
        api.MapDelete("/aliases/{**id}", async (string id, HttpContext http, AliasBook book) =>
            Answer(await book.DeleteAsync(Name(id), MigrationEndpoints.Actor(http), http.RequestAborted))).RequireAuthorization(Policies.Operator).Produces<AliasView>();
    }

    private static void MapRules(this IEndpointRouteBuilder api)
    {
        api.MapGet("/parameter-rules", async (RuleBook book, [AsParameters] Paging paging, CancellationToken token) => paging.Of(await book.ListAsync(token))).Produces<ListPage<RuleView>>();
        api.MapPost("/parameter-rules", CreateRuleAsync).RequireAuthorization(Policies.Operator).Takes<RuleConfig>().Produces<RuleView>(201);
        api.MapPatch("/parameter-rules/{id}", async (string id, Body body, HttpContext http, RuleBook book) => body.Refusal is { } malformed
            ? malformed.ToResult()
            : Answer(await book.UpdateAsync(id, body.Value, MigrationEndpoints.Actor(http), http.RequestAborted))).RequireAuthorization(Policies.Operator).Takes<RuleConfig>().Produces<RuleView>();
        api.MapDelete("/parameter-rules/{id}", async (string id, HttpContext http, RuleBook book) =>
            Answer(await book.DeleteAsync(id, MigrationEndpoints.Actor(http), http.RequestAborted))).RequireAuthorization(Policies.Operator).Produces<RuleView>();
    }

    /// <summary>Models, those in use first; without <c>limit</c> all of them.</summary>
    private static async Task<IResult> ListAsync(
        ModelReader reader, [AsParameters] Paging paging, CancellationToken token, string? provider = null, bool served = false, string? q = null, string? status = null, string? only = null)
    {
        var filter = new ModelFilter { Provider = provider, Text = q, Status = status, Only = served ? "served" : only };
        var (all, _) = await reader.ListAsync(filter, null, null, token);
        return paging.Of(all.Data, Json);
    }

    /// <summary>The model's facts, and what is known of its use.</summary>
    private static JsonObject Json(ModelRow row)
    {
        var json = (JsonObject)JsonSerializer.SerializeToNode(row.Model, JsonColumn.Options)!;
        json["status"] = Wire.Name(row.Status);
        json["served"] = row.Served;
        json["requests_last_30_days"] = row.Requests;
        json["cost_last_30_days"] = row.Cost;
        json["changed_facts"] = new JsonArray([.. row.Changed.Select(c => JsonValue.Create(c))]);
        return json;
    }

    private static async Task<IResult> CreateRuleAsync(Body body, HttpContext http, RuleBook book)
    {
        if (body.Refusal is { } malformed)
        {
            return malformed.ToResult();
        }

        var config = RuleJson.Merged(new RuleConfig(), body.Value);
        return config.IsOk ? Answer(await book.CreateAsync(config.Value, MigrationEndpoints.Actor(http), http.RequestAborted), 201) : config.Refusal.ToResult();
    }

    /// <summary>A slash that a client encoded stays encoded in the path.</summary>
    private static string Name(string path) => path.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    private static IResult Answer<T>(Result<T> result, int status = 200)
        where T : class => result.IsOk ? MigrationEndpoints.Json(result.Value, status) : result.Refusal.ToResult();
}

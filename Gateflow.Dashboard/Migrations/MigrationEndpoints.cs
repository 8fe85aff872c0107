using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Core;
using Gateflow.Core.Compatibility;
using Gateflow.Core.Migrations;
using Gateflow.Core.Recommendations;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Management;
using Microsoft.OpenApi;

namespace Gateflow.Dashboard.Migrations;

/// <summary>The routes of migrations and rollbacks.</summary>
public static class MigrationEndpoints
{
    public static void MapMigrations(this IEndpointRouteBuilder api)
    {
        api.MapGet("/migrations", ListAsync).Produces<ListPage<MigrationView>>();
        api.MapPost("/migrations", CreateAsync).RequireAuthorization(Policies.Operator).Takes<CreateMigration>().Produces<MigrationView>(201)
            .AnswersBeside(201, ("analysis", JsonSchemaType.Object), ("recommendations", JsonSchemaType.Array));
        api.MapGet("/migrations/{id}", GetAsync).Produces<MigrationView>();
        api.MapPatch("/migrations/{id}", PatchAsync).RequireAuthorization(Policies.Operator).Takes<MigrationConfig>().TakesBeside("target_model").Produces<MigrationView>();
        api.MapGet("/migrations/{id}/analysis", AnalysisAsync);
        api.MapPost("/migrations/{id}/analysis", AnalyzeAsync).RequireAuthorization(Policies.Operator).WithSummary("Reads the use of the last 30 days anew");
        api.MapGet("/migrations/{id}/recommendations", RecommendationsAsync);
        api.MapGet("/migrations/{id}/forecast", ForecastAsync);
        api.MapPost("/migrations/{id}/compatibility", CompatibilityAsync).RequireAuthorization(Policies.Operator).Takes<CheckRequest>(optional: true).Produces<CompatibilityReport>().WithSummary("Checks a target against what was really sent");
        api.MapGet("/migrations/{id}/requests", RequestsAsync);
        foreach (var (verb, does, run) in Verbs)
        {
            api.MapPost($"/migrations/{{id}}/{verb}", (string id, Body body, HttpContext http, Conduct conduct, MigrationReader reader) =>
                RunAsync(id, body, http, conduct, reader, run)).RequireAuthorization(Policies.Operator).Takes<VerbRequest>(optional: true).Produces<MigrationView>().WithSummary(does);
        }

        api.MapPost("/migrations/{id}/rollback", RollBackAsync).RequireAuthorization(Policies.Operator).Takes<RollbackRequest>().Produces<MigrationView>().WithSummary("All traffic back to the source; the reason is required");

        api.MapGet("/rollbacks", RollbacksAsync).Produces<ListPage<RollbackView>>();
    }

    private delegate Task<Result<Migration>> Verb(Conduct conduct, string id, string actor, string? reason, Seen seen, CancellationToken cancellationToken);

    private static readonly (string Name, string Does, Verb Run)[] Verbs =
    [
        ("execute", "Starts it, or schedules the start", (conduct, id, actor, reason, seen, token) => conduct.ExecuteAsync(id, actor, reason, token, seen)),
        ("pause", "Stops at the present share of the traffic", (conduct, id, actor, reason, seen, token) => conduct.PauseAsync(id, actor, reason, token, seen)),
        ("resume", "Goes on where it was paused", (conduct, id, actor, reason, seen, token) => conduct.ResumeAsync(id, actor, reason, token, seen)),
        ("advance", "Takes the next step now; in the soak it completes", (conduct, id, actor, reason, seen, token) => conduct.AdvanceAsync(id, actor, reason, token, seen)),
        ("promote", "All traffic now, then the soak", (conduct, id, actor, reason, seen, token) => conduct.PromoteAsync(id, actor, reason, token, seen)),
        ("approve", "One person's consent to the next step", (conduct, id, actor, reason, seen, token) => conduct.ApproveAsync(id, actor, reason, token, seen)),
        ("cancel", "Ends what has not started", (conduct, id, actor, reason, seen, token) => conduct.CancelAsync(id, actor, reason, token, seen)),
    ];

    private static async Task<IResult> ListAsync(
        MigrationReader reader, CancellationToken cancellationToken, string? status = null, [Microsoft.AspNetCore.Mvc.FromQuery(Name = "source_model")] string? sourceModel = null, int limit = 20, string? cursor = null)
    {
        List<MigrationStatus> statuses = [];
        foreach (var name in (status ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!Wire.TryParse<MigrationStatus>(name, out var value))
            {
                return Refusal.Invalid("status", $"'{name}' is no status. Use {string.Join(", ", Enum.GetValues<MigrationStatus>().Select(Wire.Name))}.").ToResult();
            }

            statuses.Add(value);
        }

        var page = await reader.ListAsync(statuses, sourceModel, Math.Clamp(limit, 1, 100), cursor, cancellationToken);
        return Json(new ListPage<JsonObject>([.. page.Data.Select(ToJson)], page.NextCursor));
    }

    private static async Task<IResult> CreateAsync(Body body, HttpContext http, Drafting drafting, MigrationReader reader)
    {
        var request = body.Read<CreateMigration>();
        if (!request.IsOk)
        {
            return request.Refusal.ToResult();
        }

        var created = await drafting.CreateAsync(request.Value, Actor(http), http.RequestAborted);
        if (!created.IsOk)
        {
            return created.Refusal.ToResult();
        }

        var answer = ToJson((await reader.FindAsync(created.Value.Id, http.RequestAborted))!);
        if (created.Value.Analysis is { } analysis)
        {
            answer["analysis"] = JsonSerializer.SerializeToNode(analysis, JsonColumn.Options);
            answer["recommendations"] = JsonSerializer.SerializeToNode(created.Value.Recommendations, JsonColumn.Options);
        }

        http.Response.Headers.Location = $"/v1/management/migrations/{created.Value.Id}";
        return Json(answer, 201);
    }

    private static Task<IResult> GetAsync(string id, MigrationReader reader, CancellationToken cancellationToken) =>
        ShowAsync(id, reader, ToJson, cancellationToken);

    private static async Task<IResult> PatchAsync(string id, Body body, HttpContext http, Drafting drafting, MigrationReader reader)
    {
        if (body.Refusal is not null)
        {
            return body.Refusal.ToResult();
        }

        var result = await drafting.ConfigureAsync(id, body.Value, Actor(http), http.RequestAborted);
        return result.IsOk ? await GetAsync(id, reader, http.RequestAborted) : result.Refusal.ToResult();
    }

    private static Task<IResult> AnalysisAsync(string id, MigrationReader reader, CancellationToken cancellationToken) =>
        ShowAsync(id, reader, view => view.Analysis is null ? null : new { view.MigrationId, view.SourceModel, view.Analysis }, cancellationToken);

    private static async Task<IResult> AnalyzeAsync(string id, HttpContext http, Drafting drafting, MigrationReader reader)
    {
        var result = await drafting.AnalyzeAsync(id, Actor(http), http.RequestAborted);
        return result.IsOk ? await AnalysisAsync(id, reader, http.RequestAborted) : result.Refusal.ToResult();
    }

    /// <summary>Those of the analysis; with a region those that are left by it.</summary>
    private static async Task<IResult> RecommendationsAsync(
        string id, MigrationReader reader, Drafting drafting, CancellationToken cancellationToken, string? region = null, [Microsoft.AspNetCore.Mvc.FromQuery(Name = "region_strict")] bool strict = false)
    {
        if (string.IsNullOrWhiteSpace(region))
        {
            return await ShowAsync(id, reader, view => new { view.MigrationId, view.Recommendations }, cancellationToken);
        }

        if (RegionRule.Parse(region, strict) is not { } rule)
        {
            return Refusal.Invalid("region", $"region must be up to {RegionRule.Most} names with commas between them, like 'eu,europe-west4'.").ToResult();
        }

        var advice = await drafting.RecommendAsync(id, rule, cancellationToken);
        return advice.IsOk ? Json(advice.Value) : advice.Refusal.ToResult();
    }

    private static async Task<IResult> ForecastAsync(string id, MigrationReader reader, Forecasting forecasting, CancellationToken cancellationToken) =>
        await reader.FindAsync(id, cancellationToken) is { } view
            ? Json((await forecasting.ForetellAsync(view, cancellationToken)).ToJson())
            : Refusal.NotFound("migration", id).ToResult();

    private static async Task<IResult> RequestsAsync(string id, MigrationReader reader, CancellationToken cancellationToken, int limit = 20) =>
        await reader.RequestsAsync(id, Math.Clamp(limit, 1, 200), cancellationToken) is { } requests
            ? Json(new ListPage<RequestView>(requests, null))
            : Refusal.NotFound("migration", id).ToResult();

    private static async Task<IResult> CompatibilityAsync(string id, Body body, HttpContext http, Drafting drafting)
    {
        var request = body.Read<CheckRequest>();
        if (!request.IsOk)
        {
            return request.Refusal.ToResult();
        }

        var result = await drafting.CheckAsync(id, request.Value.TargetModel, Actor(http), http.RequestAborted);
        return result.IsOk ? Json(result.Value.Compatibility!) : result.Refusal.ToResult();
    }

    private static async Task<IResult> RunAsync(string id, Body body, HttpContext http, Conduct conduct, MigrationReader reader, Verb run)
    {
        var request = body.Read<VerbRequest>();
        if (!request.IsOk)
        {
            return request.Refusal.ToResult();
        }

        var (reason, seen) = (request.Value.Reason, new Seen(request.Value.ExpectedStatus, request.Value.ExpectedStep - 1));
        return await TellAsync(await run(conduct, id, Actor(http), reason, seen, http.RequestAborted), id, http, reader);
    }

    /// <summary>Whatever else is sent with a reason must not stop the brake.</summary>
    private static async Task<IResult> RollBackAsync(string id, Body body, HttpContext http, Conduct conduct, MigrationReader reader) =>
        body.Refusal?.ToResult() ?? await TellAsync(await conduct.RollBackAsync(id, Actor(http), body.Text("reason")), id, http, reader);

    private static async Task<IResult> TellAsync(Result<Migration> result, string id, HttpContext http, MigrationReader reader) =>
        result.IsOk ? await GetAsync(id, reader, http.RequestAborted) : result.Refusal.ToResult();

    private static async Task<IResult> RollbacksAsync(
        MigrationReader reader, CancellationToken cancellationToken, int limit = 50, long? cursor = null, [Microsoft.AspNetCore.Mvc.FromQuery(Name = "migration_id")] string? migrationId = null) =>
        Json(await reader.RollbacksAsync(Math.Clamp(limit, 1, 200), cursor, migrationId, cancellationToken));

    private static async Task<IResult> ShowAsync(string id, MigrationReader reader, Func<MigrationView, object?> part, CancellationToken cancellationToken)
    {
        if (await reader.FindAsync(id, cancellationToken) is not { } view)
        {
            return Refusal.NotFound("migration", id).ToResult();
        }

        return part(view) is { } found
            ? Json(found)
            : new Refusal(RefusalKind.NotFound, "not_analyzed", $"{id} has no usage analysis yet. POST …/analysis makes one.").ToResult();
    }

    /// <summary>The view with the configuration's fields beside the others, as the contract has it.</summary>
    public static JsonObject ToJson(MigrationView view)
    {
        var json = (JsonObject)JsonSerializer.SerializeToNode(view, JsonColumn.Options)!;
        foreach (var (name, value) in (JsonObject)JsonSerializer.SerializeToNode(view.Config, JsonColumn.Options)!)
        {
            json[name] = value?.DeepClone();
        }

        return json;
    }

    /// <summary>Who acts, for events and history.</summary>
    internal static string Actor(HttpContext http) => http.User.FindFirstValue(ClaimTypes.Name) ?? "unknown";

    internal static IResult Json(object value, int status = 200) => Results.Json(value, JsonColumn.Options, statusCode: status);

    private sealed record CheckRequest
    {
        /// <summary>Null for the draft's own target.</summary>
        public string? TargetModel { get; init; }
    }

    private sealed record VerbRequest
    {
        public string? Reason { get; init; }

        /// <summary>Where it must stand; null for wherever it does.</summary>
        public MigrationStatus? ExpectedStatus { get; init; }

        /// <summary>As progress.step tells it, so 1 is the first and 0 before the start.</summary>
        public int? ExpectedStep { get; init; }
    }

    private sealed record RollbackRequest
    {
        public string? Reason { get; init; }
    }
}

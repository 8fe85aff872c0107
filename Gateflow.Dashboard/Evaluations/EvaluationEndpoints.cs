using System.Globalization;
using Gateflow.Core.Evaluations;
using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Migrations;

namespace Gateflow.Dashboard.Evaluations;

/// <summary>The routes of evaluations. Texts are for operators, as the pairs of replays are.</summary>
public static class EvaluationEndpoints
{
    /// <summary>How long a call waits for the end of the run it starts, unless it says otherwise.</summary>
    private static readonly TimeSpan UsualWait = TimeSpan.FromSeconds(30);

    public static void MapEvaluations(this IEndpointRouteBuilder api)
    {
        api.MapGet("/evaluations", async (EvaluationReader reader, CancellationToken token, int limit = 50, string? cursor = null, [Microsoft.AspNetCore.Mvc.FromQuery(Name = "dataset_id")] string? datasetId = null) =>
            MigrationEndpoints.Json(await reader.ListAsync(datasetId, Math.Clamp(limit, 1, 200), cursor, token))).Produces<ListPage<EvaluationView>>();
        api.MapGet("/evaluations/{id}", GetAsync).Produces<EvaluationView>();
        api.MapGet("/evaluations/{id}/items", ItemsAsync).RequireAuthorization(Policies.Operator);
        api.MapPost("/evaluations", StartAsync).RequireAuthorization(Policies.Operator).Takes<EvaluationRequest>().Produces<EvaluationView>().Produces<EvaluationView>(202).WithSummary("Runs models over a dataset");
        api.MapPost("/evaluations/{id}/cancel", CancelAsync).RequireAuthorization(Policies.Operator).Produces<EvaluationView>();
        api.MapPatch("/evaluations/{id}", RenameAsync).RequireAuthorization(Policies.Operator).Takes<EvaluationName>().Produces<EvaluationView>();
        api.MapDelete("/evaluations/{id}", async (string id, EvaluationRunner runner, CancellationToken token) =>
            await runner.DeleteAsync(id, token) is { } refusal ? refusal.ToResult() : Results.NoContent()).RequireAuthorization(Policies.Operator);
    }

    /// <summary>200 with the results when the run ends in time, else 202: <c>?wait=true</c> waits for the end, <c>?wait=false</c> not at all.</summary>
    private static async Task<IResult> StartAsync(Body body, HttpContext http, EvaluationRunner runner, EvaluationReader reader, TimeProvider clock, string? wait = null)
    {
        if (wait is not (null or "" or "true" or "false"))
        {
            return Refusal.Invalid("wait", "wait must be true or false.").ToResult();
        }

        var request = body.Read<EvaluationRequest>();
        if (!request.IsOk)
        {
            return request.Refusal.ToResult();
        }

        var started = await runner.StartAsync(request.Value, MigrationEndpoints.Actor(http), http.RequestAborted);
        if (!started.IsOk)
        {
            return started.Refusal.ToResult();
        }

        http.Response.Headers.Location = $"/v1/management/evaluations/{started.Value.Id}";
        if (wait != "false")
        {
            await WaitAsync(runner, started.Value.Id, wait == "true" ? Timeout.InfiniteTimeSpan : UsualWait, clock, http.RequestAborted);
        }

        var view = (await reader.FindAsync(started.Value.Id, http.RequestAborted))!;
        return MigrationEndpoints.Json(view, view.IsOver ? StatusCodes.Status200OK : StatusCodes.Status202Accepted);
    }

    private static async Task<IResult> GetAsync(string id, EvaluationReader reader, CancellationToken cancellationToken) =>
        await reader.FindAsync(id, cancellationToken) is { } view ? MigrationEndpoints.Json(view) : Refusal.NotFound("evaluation", id).ToResult();

    private static async Task<IResult> ItemsAsync(string id, EvaluationReader reader, CancellationToken cancellationToken, int limit = 20, string? cursor = null, string? sort = null)
    {
        EvaluationOrder? order = sort switch { null or "" => EvaluationOrder.Answered, "worst" => EvaluationOrder.Worst, "regressions" => EvaluationOrder.Regressions, _ => null };
        if (order is null)
        {
            return Refusal.Invalid("sort", "sort must be worst or regressions, or be left out.").ToResult();
        }

        var skip = 0;
        if (!string.IsNullOrEmpty(cursor) && !int.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out skip))
        {
            return Refusal.Invalid("cursor", "cursor must be the next_cursor of an earlier page.").ToResult();
        }

        if (await reader.FindAsync(id, cancellationToken) is not { } run)
        {
            return Refusal.NotFound("evaluation", id).ToResult();
        }

        limit = Math.Clamp(limit, 1, 100);
        var (items, more) = await reader.ItemsAsync(run, order.Value, skip, limit, cancellationToken);
        return MigrationEndpoints.Json(new ListPage<EvaluationItemView>(items, more ? (skip + limit).ToString(CultureInfo.InvariantCulture) : null));
    }

    private static async Task<IResult> CancelAsync(string id, EvaluationRunner runner, EvaluationReader reader, CancellationToken cancellationToken)
    {
        if (await reader.FindAsync(id, cancellationToken) is not { } view)
        {
            return Refusal.NotFound("evaluation", id).ToResult();
        }

        return await runner.CancelAsync(id, cancellationToken) ? await GetAsync(id, reader, cancellationToken)
            : view.IsOver ? new Refusal(RefusalKind.Conflict, "evaluation_over", $"The evaluation {id} is over.").ToResult()
            : new Refusal(RefusalKind.Conflict, "evaluation_elsewhere", $"The evaluation {id} runs on another node; cancel it there.").ToResult();
    }

    private static async Task<IResult> RenameAsync(string id, Body body, EvaluationStore store, EvaluationReader reader, CancellationToken cancellationToken)
    {
        var request = body.Read<EvaluationName>();
        if (!request.IsOk)
        {
            return request.Refusal.ToResult();
        }

        if (!body.Value.ContainsKey("name") || request.Value.Name is { Length: 0 or > Evaluation.LongestName })
        {
            return Refusal.Invalid("name", $"name is required: a text of 1 to {Evaluation.LongestName} characters; null takes it away.").ToResult();
        }

        return await store.RenameAsync(id, request.Value.Name, cancellationToken) is { } refusal ? refusal.ToResult() : await GetAsync(id, reader, cancellationToken);
    }

    private static async Task WaitAsync(EvaluationRunner runner, string id, TimeSpan most, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(most, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await runner.WaitAsync(id, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // it goes on; the answer says so
        }
    }
}

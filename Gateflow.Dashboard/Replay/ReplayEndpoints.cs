using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Migrations;

namespace Gateflow.Dashboard.Replay;

/// <summary>The routes of tests: <c>/migrations/{id}/test</c>, and <c>/tests</c> for those of all migrations.</summary>
public static class ReplayEndpoints
{
    /// <summary>How long a call waits for the end of the test it starts, unless it says otherwise.</summary>
    private static readonly TimeSpan UsualWait = TimeSpan.FromSeconds(30);

    public static void MapReplay(this IEndpointRouteBuilder api)
    {
        api.MapPost("/migrations/{id}/test", StartAsync).RequireAuthorization(Policies.Operator).Takes<ReplayRequest>().Produces<ReplayView>().Produces<ReplayView>(202).WithSummary("Replays stored requests through both models");
        api.MapGet("/migrations/{id}/test/{testId}", GetAsync).Produces<ReplayView>();
        api.MapPost("/migrations/{id}/test/{testId}/cancel", CancelAsync).RequireAuthorization(Policies.Operator).Produces<ReplayView>();
        api.MapPost("/migrations/{id}/test/estimate", EstimateAsync).RequireAuthorization(Policies.Operator).Takes<ReplayRequest>().Produces<ReplayEstimate>().WithSummary("What the same test would send and cost");
        api.MapPairs();
        api.MapGet("/tests", ListAsync).Produces<ListPage<ReplayView>>();
        api.MapGet("/tests/{testId}", async (string testId, ReplayReader reader, CancellationToken cancellationToken) =>
            await reader.FindAsync(testId, cancellationToken) is { } view ? MigrationEndpoints.Json(view) : Refusal.NotFound("test", testId).ToResult()).Produces<ReplayView>();
    }

    /// <summary>200 with the results when the test ends in time, else 202: <c>?wait=true</c> waits for the end, <c>?wait=false</c> not at all.</summary>
    private static async Task<IResult> StartAsync(
        string id, Body body, HttpContext http, ReplayRunner runner, ReplayReader reader, TimeProvider clock, string? wait = null)
    {
        if (wait is not (null or "" or "true" or "false"))
        {
            return Refusal.Invalid("wait", "wait must be true or false.").ToResult();
        }

        var request = body.Read<ReplayRequest>();
        if (!request.IsOk)
        {
            return request.Refusal.ToResult();
        }

        var started = await runner.StartAsync(id, request.Value, MigrationEndpoints.Actor(http), http.RequestAborted);
        if (!started.IsOk)
        {
            return started.Refusal.ToResult();
        }

        var testId = started.Value.Id;
        http.Response.Headers.Location = $"/v1/management/migrations/{id}/test/{testId}";
        if (wait != "false")
        {
            await WaitAsync(runner, testId, wait == "true" ? Timeout.InfiniteTimeSpan : UsualWait, clock, http.RequestAborted);
        }

        var view = (await reader.FindAsync(id, testId, http.RequestAborted))!;
        return MigrationEndpoints.Json(view, view.IsOver ? StatusCodes.Status200OK : StatusCodes.Status202Accepted);
    }

    private static async Task<IResult> GetAsync(string id, string testId, ReplayReader reader, CancellationToken cancellationToken) =>
        await reader.FindAsync(id, testId, cancellationToken) is { } view ? MigrationEndpoints.Json(view) : Refusal.NotFound("test", testId).ToResult();

    private static async Task<IResult> ListAsync(
        [AsParameters] ReplayQuery query, ReplayReader reader, CancellationToken cancellationToken, int limit = 20, string? cursor = null)
    {
        var page = await reader.ListAsync(query, Math.Clamp(limit, 1, ReplayReader.Most), cursor, cancellationToken);
        return page.IsOk ? MigrationEndpoints.Json(page.Value) : page.Refusal.ToResult();
    }

    /// <summary>What the same body would send and cost if it were posted as a test.</summary>
    private static async Task<IResult> EstimateAsync(string id, Body body, ReplayEstimates estimates, CancellationToken cancellationToken)
    {
        var request = body.Read<ReplayRequest>();
        if (!request.IsOk)
        {
            return request.Refusal.ToResult();
        }

        var estimate = await estimates.EstimateAsync(id, request.Value, cancellationToken);
        return estimate.IsOk ? MigrationEndpoints.Json(estimate.Value) : estimate.Refusal.ToResult();
    }

    private static async Task<IResult> CancelAsync(string id, string testId, ReplayRunner runner, ReplayReader reader, CancellationToken cancellationToken)
    {
        if (await reader.FindAsync(id, testId, cancellationToken) is not { } view)
        {
            return Refusal.NotFound("test", testId).ToResult();
        }

        if (!await runner.CancelAsync(testId, cancellationToken))
        {
            return view.IsOver
                ? new Refusal(RefusalKind.Conflict, "test_over", $"The test {testId} is over.").ToResult()
                : new Refusal(RefusalKind.Conflict, "test_elsewhere", $"The test {testId} runs on another node; cancel it there.").ToResult();
        }

        return await GetAsync(id, testId, reader, cancellationToken);
    }

    private static async Task WaitAsync(ReplayRunner runner, string testId, TimeSpan most, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(most, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await runner.WaitAsync(testId, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // it goes on; the answer says so
        }
    }
}

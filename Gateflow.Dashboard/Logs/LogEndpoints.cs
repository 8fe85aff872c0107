using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Migrations;

namespace Gateflow.Dashboard.Logs;

/// <summary>The routes of the request log.</summary>
public static class LogEndpoints
{
    public static void MapLogs(this IEndpointRouteBuilder api)
    {
        api.MapGet("/logs", ListAsync);
        api.MapGet("/logs/{id}", GetAsync);
    }

    private static async Task<IResult> ListAsync(
        [AsParameters] LogQuery query, LogReader logs, TimeProvider clock, CancellationToken cancellationToken, int limit = 50, string? cursor = null)
    {
        var filter = LogFilter.Parse(query, clock.GetUtcNow());
        if (!filter.IsOk)
        {
            return filter.Refusal.ToResult();
        }

        var page = await logs.ListAsync(filter.Value, Math.Clamp(limit, 1, LogReader.Most), cursor, cancellationToken);
        return page.IsOk ? MigrationEndpoints.Json(page.Value) : page.Refusal.ToResult();
    }

    private static async Task<IResult> GetAsync(string id, LogReader logs, CancellationToken cancellationToken)
    {
        if (await logs.FindAsync(id, cancellationToken) is not { } story)
        {
            return Refusal.NotFound("request", id).ToResult();
        }

        var answer = JsonSerializer.SerializeToNode(story.Entry, JsonColumn.Options)!.AsObject();
        answer["migration"] = JsonSerializer.SerializeToNode(story.Migration, JsonColumn.Options);
        return MigrationEndpoints.Json(answer);
    }
}

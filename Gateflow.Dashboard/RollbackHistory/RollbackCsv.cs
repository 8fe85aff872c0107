using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Migrations;
using Gateflow.Dashboard.Parts;

namespace Gateflow.Dashboard.RollbackHistory;

/// <summary>The whole history as a table for other programs, by the API's field names, sent while it is read.</summary>
public static class RollbackCsv
{
    private const string Head =
        "migration_id,source_model,target_model,at,automatic,reason,actor,guardrail,evidence,threshold,traffic_at_rollback,detection_requests,detection_seconds,effect_ms,features,note,demo\r\n";

    public static void MapRollbackCsv(this IEndpointRouteBuilder app) => app.MapGet("/rollbacks.csv", Get)
        .RequireAuthorization(Policies.Viewer).ExcludeFromDescription();

    /// <summary>Writes a head and a line for each.</summary>
    public static async Task WriteAsync(IAsyncEnumerable<RollbackView> rollbacks, Stream output)
    {
        await using var text = new StreamWriter(output);
        await text.WriteAsync(Head);
        await foreach (var r in rollbacks)
        {
            await text.WriteAsync(Csv.Line(
            [
                r.MigrationId, r.SourceModel, r.TargetModel, r.At, r.Automatic, r.Reason, r.Actor, r.Guardrail, r.Evidence, r.Threshold, r.TrafficAtRollback,
                r.DetectionRequests, r.DetectionSeconds, r.EffectMs, string.Join(' ', r.Features), r.Note, r.Demo,
            ]));
        }
    }

    private static IResult Get(
        RollbackReader history, TimeProvider clock, CancellationToken cancellationToken, string? period = null, string? model = null, string? cause = null, string? feature = null)
    {
        var (filter, now) = (RollbackFilter.Parse(period, model, cause, feature), clock.GetUtcNow());
        return Results.Stream(output => WriteAsync(history.AllAsync(cancellationToken).Where(r => filter.Takes(r, now)), output), "text/csv; charset=utf-8", "rollbacks.csv");
    }
}

using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Migrations;
using Gateflow.Dashboard.Parts;

namespace Gateflow.Dashboard.RollbackHistory;

/// <summary>The history as a table for other programs, by the API's field names.</summary>
public static class RollbackCsv
{
    public static void MapRollbackCsv(this IEndpointRouteBuilder app) => app.MapGet("/rollbacks.csv", GetAsync)
        .RequireAuthorization(Policies.Viewer).ExcludeFromDescription();

    public static string Write(IEnumerable<RollbackView> rollbacks) => Csv.Write(
        "migration_id,source_model,target_model,at,automatic,reason,actor,guardrail,evidence,threshold,traffic_at_rollback,detection_requests,detection_seconds,effect_ms,features,note,demo",
        rollbacks.Select(r => new object?[]
        {
            r.MigrationId, r.SourceModel, r.TargetModel, r.At, r.Automatic, r.Reason, r.Actor, r.Guardrail, r.Evidence, r.Threshold, r.TrafficAtRollback,
            r.DetectionRequests, r.DetectionSeconds, r.EffectMs, string.Join(' ', r.Features), r.Note, r.Demo,
        }));

    private static async Task<IResult> GetAsync(
        RollbackReader history, TimeProvider clock, CancellationToken cancellationToken, string? period = null, string? model = null, string? cause = null, string? feature = null)
    {
        var (filter, now) = (RollbackFilter.Parse(period, model, cause, feature), clock.GetUtcNow());
        var rows = (await history.ListAsync(cancellationToken)).Where(r => filter.Takes(r, now));
        return Results.File(System.Text.Encoding.UTF8.GetBytes(Write(rows)), "text/csv; charset=utf-8", "rollbacks.csv");
    }
}

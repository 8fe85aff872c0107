using System.Globalization;
using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Migrations;

namespace Gateflow.Dashboard.RollbackHistory;

/// <summary>The history as a table for other programs: UTF-8, the API's field names, decimals with a point; texts that a spreadsheet would run as formulas are defused.</summary>
public static class RollbackCsv
{
    public static void MapRollbackCsv(this IEndpointRouteBuilder app) => app.MapGet("/rollbacks.csv", GetAsync)
        .RequireAuthorization(Policies.Viewer).ExcludeFromDescription();

    public static string Write(IEnumerable<RollbackView> rollbacks)
    {
        var text = new System.Text.StringBuilder(
            "migration_id,source_model,target_model,at,automatic,reason,actor,guardrail,evidence,threshold,traffic_at_rollback,detection_requests,detection_seconds,effect_ms,demo\r\n");
        foreach (var r in rollbacks)
        {
            object?[] fields =
            [
                r.MigrationId, r.SourceModel, r.TargetModel, r.At.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture), r.Automatic ? "true" : "false",
                r.Reason, r.Actor, r.Guardrail, r.Evidence, r.Threshold, r.TrafficAtRollback, r.DetectionRequests, r.DetectionSeconds, r.EffectMs, r.Demo ? "true" : "false",
            ];
            text.AppendJoin(',', fields.Select(Field)).Append("\r\n");
        }

        return text.ToString();
    }

    /// <summary>One field as RFC 4180 has it.</summary>
    private static string Field(object? value)
    {
        var text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        if (value is string && text is ['=' or '+' or '-' or '@' or '\t' or '\r', ..])
        {
            text = "'" + text;
        }

        return text.AsSpan().IndexOfAny("\",\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    private static async Task<IResult> GetAsync(
        RollbackReader history, TimeProvider clock, CancellationToken cancellationToken, string? period = null, string? model = null, string? cause = null)
    {
        var (filter, now) = (RollbackFilter.Parse(period, model, cause), clock.GetUtcNow());
        var rows = (await history.ListAsync(cancellationToken)).Where(r => filter.Takes(r, now));
        return Results.File(System.Text.Encoding.UTF8.GetBytes(Write(rows)), "text/csv; charset=utf-8", "rollbacks.csv");
    }
}

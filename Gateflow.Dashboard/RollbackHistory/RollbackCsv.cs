using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using Gateflow.Core.Storage;
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
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        using var csv = new CsvWriter(text, new CsvConfiguration(CultureInfo.InvariantCulture) { InjectionOptions = InjectionOptions.Escape });
        csv.Context.RegisterClassMap<RowMap>();
        csv.WriteRecords(rollbacks.Select(r => new Row(
            r.MigrationId, r.SourceModel, r.TargetModel, r.At.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture), r.Automatic ? "true" : "false",
            r.Reason, r.Actor, r.Guardrail, r.Evidence, r.Threshold, r.TrafficAtRollback, r.DetectionRequests, r.DetectionSeconds, r.EffectMs, r.Demo ? "true" : "false")));
        csv.Flush();
        return text.ToString();
    }

    private static async Task<IResult> GetAsync(
        RollbackReader history, TimeProvider clock, CancellationToken cancellationToken, string? period = null, string? model = null, string? cause = null)
    {
        var (filter, now) = (RollbackFilter.Parse(period, model, cause), clock.GetUtcNow());
        var rows = (await history.ListAsync(cancellationToken)).Where(r => filter.Takes(r, now));
        return Results.File(System.Text.Encoding.UTF8.GetBytes(Write(rows)), "text/csv; charset=utf-8", "rollbacks.csv");
    }

    // The names are the API's.
    private sealed record Row(
        string MigrationId, string SourceModel, string TargetModel, string At, string Automatic, string Reason, string Actor, string? Guardrail,
        double? Evidence, double? Threshold, double TrafficAtRollback, long? DetectionRequests, double? DetectionSeconds, double? EffectMs, string Demo);

    private sealed class RowMap : ClassMap<Row>
    {
        public RowMap()
        {
            AutoMap(CultureInfo.InvariantCulture);
            foreach (var member in MemberMaps)
            {
                member.Name(JsonColumn.Options.PropertyNamingPolicy!.ConvertName(member.Data.Member!.Name));
            }
        }
    }
}

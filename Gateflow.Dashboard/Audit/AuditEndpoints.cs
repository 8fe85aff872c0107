using System.Globalization;
using System.Text;
using Gateflow.Core;
using Gateflow.Core.Audit;
using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Migrations;
using Gateflow.Dashboard.Parts;

namespace Gateflow.Dashboard.Audit;

/// <summary>The routes of the audit log; only administrators reach them.</summary>
public static class AuditEndpoints
{
    public static void MapAudit(this IEndpointRouteBuilder api)
    {
        var log = api.MapGroup("/audit-log").RequireAuthorization(Policies.Admin);
        log.MapGet("", ListAsync);
        log.MapGet("/verify", async (AuditBook book, CancellationToken token) => MigrationEndpoints.Json(await book.VerifyAsync(token)));
    }

    public static void MapAuditCsv(this IEndpointRouteBuilder app) => app.MapGet("/audit-log.csv", CsvAsync).RequireAuthorization(Policies.Admin).ExcludeFromDescription();

    private static async Task<IResult> ListAsync(
        AuditBook book, CancellationToken cancellationToken,
        string? actor = null, string? action = null, string? target = null, string? from = null, string? to = null, int limit = 50, string? cursor = null)
    {
        var (query, faults) = AuditQuery.Parse(actor, action, target, from, to);
        long? before = null;
        if (cursor is not null)
        {
            if (long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                before = number;
            }
            else
            {
                faults = [.. faults, new Fault("cursor", "cursor must be the next_cursor of the page before.")];
            }
        }

        return faults is [var first, ..]
            ? new Refusal(RefusalKind.Invalid, "invalid_parameter", first.Message) { Param = first.Param, Faults = faults }.ToResult()
            : MigrationEndpoints.Json(await book.ListAsync(query, Math.Clamp(limit, 1, 200), before, cancellationToken));
    }

    private static async Task<IResult> CsvAsync(
        AuditBook book, CancellationToken cancellationToken, string? actor = null, string? action = null, string? target = null, string? from = null, string? to = null)
    {
        var (query, _) = AuditQuery.Parse(actor, action, target, from, to);
        var entries = await book.ListAsync(query, AuditBook.MostLines, null, cancellationToken);
        var text = Csv.Write("sequence,at,actor,actor_id,channel,action,target,fields,previous_hash,hash", entries.Data.Select(e => new object?[]
        {
            e.Sequence, e.At, e.Actor, e.ActorId, Wire.Name(e.Channel), e.Action, e.Target, string.Join(' ', e.Fields), e.PreviousHash, e.Hash,
        }));
        return Results.File(Encoding.UTF8.GetBytes(text), "text/csv; charset=utf-8", "audit-log.csv");
    }
}

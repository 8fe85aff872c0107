using Gateflow.Core;
using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Parts;

namespace Gateflow.Dashboard.Logs;

/// <summary>The filtered log for other programs, sent while it is read: metadata only, newest first.</summary>
public static class LogCsv
{
    /// <summary>Most lines of a file: more than spreadsheets show at ease.</summary>
    public const int Most = 100_000;

    private const int PageSize = 1_000;

    private const string Head =
        "request_id,at,event_type,status,outcome,key_id,key_name,feature,requested_model,served_model,provider,migration_id,arm,fallback_reason,error_code,"
        + "attempts,duration_ms,first_byte_ms,input_tokens,output_tokens,cost_usd,sampling_rate,demo\r\n";

    public static void MapLogCsv(this IEndpointRouteBuilder app) => app.MapGet("/requests.csv", GetAsync).RequireAuthorization(Policies.Viewer).ExcludeFromDescription();

    private static IResult GetAsync([AsParameters] LogQuery query, LogReader logs, TimeProvider clock)
    {
        var filter = LogFilter.Parse(query, clock.GetUtcNow());
        return filter.IsOk
            ? Results.Stream(output => WriteAsync(logs, filter.Value, output), "text/csv; charset=utf-8", "requests.csv")
            : filter.Refusal.ToResult();
    }

    private static async Task WriteAsync(LogReader logs, LogFilter filter, Stream output)
    {
        await using var text = new StreamWriter(output);
        await text.WriteAsync(Head);
        var (cursor, written) = ((string?)null, 0);
        do
        {
            var page = (await logs.ListAsync(filter, PageSize, cursor, CancellationToken.None)).Value!; // a reader that is gone fails the write
            foreach (var entry in page.Data)
            {
                await text.WriteAsync(Csv.Line(Fields(entry)));
            }

            await text.FlushAsync();
            (cursor, written) = (page.NextCursor, written + page.Data.Count);
        }
        while (cursor is not null && written < Most);
    }

    private static object?[] Fields(LogEntry e) =>
    [
        e.RequestId, e.At, Wire.Name(e.EventType), e.Status, Wire.Name(e.Outcome), e.KeyId, e.KeyName, e.Feature, e.RequestedModel, e.ServedModel, e.Provider,
        e.MigrationId, e.Arm is { } arm ? Wire.Name(arm) : null, e.FallbackReason, e.ErrorCode, e.Attempts, e.DurationMs, e.FirstByteMs, e.InputTokens, e.OutputTokens,
        e.Cost, e.SamplingRate, e.Demo,
    ];
}

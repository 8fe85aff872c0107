using System.Text.Json;
using System.Threading.Channels;
using Gateflow.Core.Quality;
using Gateflow.Core.Rollout;
using Gateflow.Core.Usage;
using Gateflow.Gateway.Translation;
using Microsoft.Extensions.Hosting;

namespace Gateflow.Gateway.Quality;

/// <summary>An answer whose form is still to be checked.</summary>
/// <param name="Record">Its record, complete but for the quality.</param>
/// <param name="Format">What was demanded.</param>
/// <param name="Text">The answer's text, UTF-8; null when it was too long to be kept.</param>
/// <param name="Calls">Its tool calls; null when they are not known.</param>
/// <param name="Judged">Whether the arm's own model gave it, so that it counts.</param>
internal sealed record FormatCheck(
    RequestRecord Record, DemandedFormat Format, byte[]? Text, IReadOnlyList<(string Name, string Arguments)>? Calls, bool Judged);

/// <summary>
/// Checks the form of answers after their last byte, off every caller's path: one reader, a bounded queue, bounded work an answer. What does not fit goes
/// unchecked, which its parts say. The record goes to the recorder and the score to the judge when the check is done.
/// </summary>
internal sealed class FormatChecks(Recorder recorder, Judge judge) : BackgroundService
{
    private const int MostWaiting = 1024;
    private const long MostBytes = 32 * 1024 * 1024;

    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(3);

    private readonly Channel<FormatCheck> _queue = Channel.CreateBounded<FormatCheck>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });
    private readonly SchemaCheck _schemas = new();
    private long _bytes;

    /// <summary>Takes an answer over; false when there is no room, and the caller goes on without.</summary>
    public bool TryAdd(FormatCheck check)
    {
        var size = Size(check);
        if (Interlocked.Add(ref _bytes, size) > MostBytes || !_queue.Writer.TryWrite(check))
        {
            Interlocked.Add(ref _bytes, -size);
            return false;
        }

        return true;
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _queue.Writer.TryComplete();
        if (ExecuteTask is { } reading)
        {
            await Task.WhenAny(reading, Task.Delay(StopLimit, cancellationToken));
        }

        await base.StopAsync(cancellationToken);
        while (_queue.Reader.TryRead(out var left))
        {
            recorder.TryRecord(left.Record); // unchecked, but not lost
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (await _queue.Reader.WaitToReadAsync(stoppingToken))
        {
            while (!stoppingToken.IsCancellationRequested && _queue.Reader.TryRead(out var check))
            {
                Interlocked.Add(ref _bytes, -Size(check));
                Finish(check);
            }
        }
    }

    /// <summary>Whether the form is as demanded: 1, 0, or NaN when that is not known.</summary>
    internal static double Check(FormatCheck check, SchemaCheck schemas) => Check(check.Format, check.Text, check.Calls, schemas);

    /// <inheritdoc cref="Check(FormatCheck, SchemaCheck)"/>
    internal static double Check(DemandedFormat format, byte[]? text, IReadOnlyList<(string Name, string Arguments)>? calls, SchemaCheck schemas)
    {
        if (calls is { Count: > 0 })
        {
            return calls.Min(call => Check(format, call, schemas));
        }

        if (!format.Json || text is null)
        {
            return double.NaN;
        }

        return Parse(text) is not { } json ? 0
            : format.Schema() is { } schema ? Of(schemas.IsValid(schema, json))
            : 1;
    }

    private static double Check(DemandedFormat format, (string Name, string Arguments) call, SchemaCheck schemas) =>
        !format.TryTool(call.Name, out var schema, out var freeForm) ? 0
        : freeForm ? FreeFormTool.FindInput(call.Arguments) is null ? 0 : 1
        : Parse(System.Text.Encoding.UTF8.GetBytes(call.Arguments.Length == 0 ? "{}" : call.Arguments)) is not { } arguments ? 0
        : schema is { } s ? Of(schemas.IsValid(s, arguments))
        : 1;

    /// <summary>What cannot be held against its schema is JSON all the same, and more is not known.</summary>
    private static double Of(bool? valid) => valid == false ? 0 : 1;

    private static JsonElement? Parse(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text);
        try
        {
            var json = JsonElement.ParseValue(ref reader);
            return reader.Read() ? null : json;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static long Size(FormatCheck check) => check.Format.Length + (check.Text?.Length ?? 0) + (check.Calls?.Sum(c => 2L * c.Arguments.Length) ?? 0);

    private void Finish(FormatCheck check)
    {
        var record = check.Record;
        record.Parts = record.Parts.With(QualityPart.Format, Check(check, _schemas));
        record.Quality = record.Parts.Score;
        if (check.Judged)
        {
            judge.FoldScore(record.MigrationId!, record.Arm, record.Quality, record.Unit);
        }

        recorder.TryRecord(record);
    }
}

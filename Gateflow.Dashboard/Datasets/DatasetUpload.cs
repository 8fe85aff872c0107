using System.Buffers;
using System.IO.Pipelines;
using Gateflow.Core.Datasets;

namespace Gateflow.Dashboard.Datasets;

/// <summary>
/// Reads a file of JSON Lines as it comes, whatever its size: memory holds one line and one batch. Broken lines are named by their number and skipped.
/// </summary>
internal sealed class DatasetUpload(DatasetWriter writer)
{
    private const int LongestLine = ItemDraft.MostBytes + (4 * ItemDraft.LongestExpected);

    /// <summary>A file in which more lines are broken is of another kind.</summary>
    private const int MostRejected = 10_000;

    private static readonly byte[] Mark = [0xEF, 0xBB, 0xBF];

    public async Task<AddReport> ReadAsync(string datasetId, Stream file, CancellationToken cancellationToken)
    {
        var report = new AddReport();
        List<(int, ItemDraft)> batch = [];
        await foreach (var (number, line) in LinesAsync(file, cancellationToken))
        {
            if (number == 1 && Kind(line) is { } fault)
            {
                report.Stopped = fault;
                return report;
            }

            if (line is null)
            {
                report.Reject(number, $"the line is longer than {LongestLine / 1024} KB");
            }
            else
            {
                Take(number, DatasetLine.Read(line), batch, report);
            }

            if (report.Rejected > MostRejected)
            {
                report.Stopped = $"Stopped at line {number}: more than {MostRejected} lines are broken.";
                break;
            }

            if (batch.Count == DatasetWriter.Batch && !await FlushAsync(datasetId, batch, report, number, cancellationToken))
            {
                return report;
            }
        }

        await FlushAsync(datasetId, batch, report, null, cancellationToken);
        return report;
    }

    private static void Take(int number, (ItemDraft? Draft, string? Fault) read, List<(int, ItemDraft)> batch, AddReport report)
    {
        if (read.Draft is { } draft)
        {
            batch.Add((number, draft with { Origin = ItemOrigin.Upload }));
        }
        else
        {
            report.Reject(number, read.Fault!);
        }
    }

    private async Task<bool> FlushAsync(string datasetId, List<(int, ItemDraft)> batch, AddReport report, int? line, CancellationToken cancellationToken)
    {
        var room = batch.Count == 0 || await writer.AddAsync(datasetId, batch, report, cancellationToken);
        batch.Clear();
        if (!room)
        {
            report.Stopped = line is null ? $"The set is full: it holds {Dataset.MostItems} items." : $"Stopped at line {line}: the set is full, it holds {Dataset.MostItems} items.";
        }

        return room;
    }

    /// <summary>Why a file that begins like this is not read; null when it may be JSON Lines.</summary>
    private static string? Kind(byte[]? first) => first switch
    {
        null => null,
        [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] => "The file is UTF-16. Save it as UTF-8.",
        { } bytes when bytes.Contains((byte)0) => "The file is binary or not UTF-8. Save it as JSON Lines in UTF-8.",
        { } bytes when bytes.AsSpan().TrimStart(" \t"u8) is [(byte)'[', ..] => "A JSON array cannot be read as it comes: write one JSON object a line (JSON Lines).",
        _ => null,
    };

    /// <summary>Numbers and bytes of the lines that are not blank; null bytes for one that is too long.</summary>
    private static async IAsyncEnumerable<(int Number, byte[]? Line)> LinesAsync(
        Stream file, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(file, new StreamPipeReaderOptions(leaveOpen: true));
        var (number, tooLong) = (1, false);
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            var buffer = read.Buffer;
            while (buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = Bytes(buffer.Slice(0, end), number);
                if (tooLong || line is not { Length: 0 })
                {
                    yield return (number, tooLong ? null : line);
                }

                (number, tooLong) = (number + 1, false);
                buffer = buffer.Slice(buffer.GetPosition(1, end));
            }

            if (read.IsCompleted)
            {
                var line = Bytes(buffer, number);
                if (tooLong || line is not { Length: 0 })
                {
                    yield return (number, tooLong ? null : line);
                }

                await reader.CompleteAsync();
                yield break;
            }

            if (buffer.Length > LongestLine)
            {
                tooLong = true;
                buffer = buffer.Slice(buffer.End);
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    /// <summary>Null when it is too long.</summary>
    private static byte[]? Bytes(ReadOnlySequence<byte> line, int number)
    {
        if (line.Length > LongestLine)
        {
            return null;
        }

        var bytes = line.ToArray().AsSpan();
        bytes = number == 1 && bytes.StartsWith(Mark) ? bytes[Mark.Length..] : bytes;
        return bytes.Trim(" \t\r"u8).ToArray();
    }
}

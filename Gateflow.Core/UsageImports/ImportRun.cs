using Gateflow.Core.Usage;

namespace Gateflow.Core.UsageImports;

/// <summary>
/// Counts a file from where it stands to its end. A chunk of rows is read and sorted, so that a file in no order costs little more than one in
/// order of time, and stored a part a transaction. Synchronous reading of a local file; one run at a time.
/// </summary>
public sealed class ImportRun(ImportStore store, TimeProvider clock)
{
    /// <summary>About the shortest row, bytes, to guess their number by.</summary>
    private const int LeastRow = 40;

    /// <summary>Between parts, for the recorder to write in.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    /// <summary>Rows of a chunk; about 150 bytes of memory each.</summary>
    internal int ChunkRows { get; init; } = 200_000;

    /// <summary>Rows read between two reports of how far it is.</summary>
    internal int ReportRows { get; init; } = 50_000;

    /// <summary>Rollups of a transaction, so that the database's one writer is held for a few tens of milliseconds.</summary>
    internal int PartRollups { get; init; } = 500;

    /// <summary>The format of a file, "csv" or "jsonl", or why it cannot be imported.</summary>
    public static (string Format, string? Fault) Check(Stream file)
    {
        var (_, name, fault) = Detect(file);
        return (name, fault);
    }

    private static (IImportFormat? Format, string Name, string? Fault) Detect(Stream file)
    {
        Span<byte> head = stackalloc byte[4];
        var length = file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        file.Position = 0;
        if (length == 0)
        {
            return (null, "", "The file is empty.");
        }

        if (head[..length].Contains((byte)0) || head.StartsWith<byte>([0xFF, 0xFE]) || head.StartsWith<byte>([0xFE, 0xFF]))
        {
            return (null, "", "The file is not UTF-8 (it looks like UTF-16 or a binary file). Save it as UTF-8.");
        }

        var records = new ImportRecords(file, quoted: true, 0, 1);
        if (!records.Read() || records.TooLong)
        {
            return (null, "", "The first line is longer than 1 MB.");
        }

        var first = WithoutMark(records.Record).TrimStart(" \t"u8);
        if (first.StartsWith("{"u8))
        {
            return (new JsonLinesFormat(), "jsonl", null);
        }

        if (first.StartsWith("["u8))
        {
            return (null, "", "A JSON array cannot be streamed: write one JSON object a line (JSON Lines).");
        }

        try
        {
            var csv = CsvFormat.Of(first);
            return csv.Knows(ImportField.At) && csv.Knows(ImportField.Model)
                ? (csv, "csv", null)
                : (null, "", "The first line must name the columns, a time (at, timestamp, startTime …) and a model among them.");
        }
        catch (FormatException)
        {
            return (null, "", "The first line is not valid UTF-8. Save the file as UTF-8.");
        }
    }

    /// <summary>Goes on until the end or until told to stop; returns how it stands then.</summary>
    /// <param name="isCancelled">Asked while rows are read, which are then left uncounted, and after every chunk; one that is being stored is stored to its end.</param>
    public async Task<UsageImport> RunAsync(UsageImport import, Stream file, Func<bool> isCancelled, CancellationToken cancellationToken)
    {
        store.Forget();
        var (format, _, fault) = Detect(file);
        if (format is null)
        {
            import = import with { Status = UsageImportStatus.Failed, Error = fault, FinishedAt = clock.GetUtcNow() };
            await store.SaveAsync(import, cancellationToken);
            return import;
        }

        file.Position = import.Offset;
        var records = new ImportRecords(file, format is CsvFormat, import.Offset, import.NextLine);
        var rows = new ImportRows(store.Catalog, TimeZoneInfo.FindSystemTimeZoneById(import.TimeZone), import.CreatedAt);
        if (import.Offset == 0 && format is CsvFormat)
        {
            records.Read();
        }

        var kept = new List<KeptRow>((int)Math.Min(ChunkRows + ReportRows, (import.Bytes - import.Offset) / LeastRow));
        do
        {
            kept.Clear();
            var chunk = new ImportChunk(import, store, rows, format, kept);
            import = await ReadAsync(import, chunk, records, isCancelled, cancellationToken) switch
            {
                Reading.Cancelled => await CancelledAsync(import, cancellationToken),
                var reading => await StoreAsync(import, chunk, Ended(chunk.After(records), reading, isCancelled), cancellationToken),
            };
        }
        while (import.Status == UsageImportStatus.Running);

        store.Forget();
        return import;
    }

    private enum Reading
    {
        More,
        End,
        Cancelled,
    }

    /// <summary>Reads a chunk; one that was broken off while it was being stored as far as it was read then.</summary>
    private async Task<Reading> ReadAsync(UsageImport import, ImportChunk chunk, ImportRecords records, Func<bool> isCancelled, CancellationToken cancellationToken)
    {
        var isAgain = import.Stored > 0;
        var last = isAgain ? import.ReadTo : long.MaxValue;
        while (chunk.Fill(records, ReportRows, last))
        {
            if (isAgain ? records.Offset >= last : chunk.Rows >= ChunkRows || chunk.Series >= ImportChunk.MaxSeries)
            {
                return Reading.More;
            }

            if (!isAgain)
            {
                if (isCancelled())
                {
                    return Reading.Cancelled;
                }

                await store.SaveAsync(import with { ReadTo = records.Offset }, cancellationToken);
            }
        }

        return Reading.End;
    }

    private async Task<UsageImport> CancelledAsync(UsageImport import, CancellationToken cancellationToken)
    {
        import = import with { Status = UsageImportStatus.Cancelled, FinishedAt = clock.GetUtcNow(), ReadTo = import.Offset };
        await store.SaveAsync(import, cancellationToken);
        return import;
    }

    private UsageImport Ended(UsageImport after, Reading reading, Func<bool> isCancelled)
    {
        var cancelled = reading == Reading.More && isCancelled();
        return after with
        {
            Status = cancelled ? UsageImportStatus.Cancelled : reading == Reading.More ? UsageImportStatus.Running : UsageImportStatus.Completed,
            FinishedAt = cancelled || reading == Reading.End ? clock.GetUtcNow() : null,
        };
    }

    /// <summary>Stores what is not stored yet of a chunk; with its last part goes the state after it.</summary>
    private async Task<UsageImport> StoreAsync(UsageImport import, ImportChunk chunk, UsageImport after, CancellationToken cancellationToken)
    {
        chunk.Sort();
        var state = import with { ReadTo = after.Offset, ToStore = chunk.Sums };
        while (state.Stored + PartRollups < chunk.Sums)
        {
            var next = state with { Stored = state.Stored + PartRollups };
            await store.AddAsync(next, chunk, state.Stored..next.Stored, cancellationToken);
            state = next;
            await Task.Delay(Pause, cancellationToken);
        }

        await store.AddAsync(after, chunk, Math.Min(state.Stored, chunk.Sums)..chunk.Sums, cancellationToken);
        return after;
    }

    /// <summary>Without the byte order mark of UTF-8.</summary>
    internal static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> record) => record.StartsWith<byte>([0xEF, 0xBB, 0xBF]) ? record[3..] : record;
}

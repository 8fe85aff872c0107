using Gateflow.Core.Usage;

namespace Gateflow.Core.Imports;

/// <summary>Counts a file from where it stands to its end, a chunk a transaction. Synchronous reading of a local file; one run at a time.</summary>
public sealed class ImportRun(ImportStore store, TimeProvider clock)
{
    /// <summary>Rows and rollups of a chunk: whichever is reached first ends it, so that the writer is held for a few tens of milliseconds.</summary>
    private const int ChunkRows = 50_000;
    private const int ChunkRollups = 500;

    /// <summary>Between chunks, for the recorder to write in.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

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
    /// <param name="isCancelled">Asked after every chunk.</param>
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
        var rows = new ImportRows(store.Catalog, TimeZoneInfo.FindSystemTimeZoneById(import.TimeZone), clock.GetUtcNow());
        if (import.Offset == 0 && format is CsvFormat)
        {
            records.Read();
        }

        while (true)
        {
            var chunk = new ImportChunk(import, store, rows, format);
            var more = chunk.Fill(records, ChunkRows, ChunkRollups);
            var cancelled = more && isCancelled();
            import = chunk.After(records) with
            {
                Status = cancelled ? UsageImportStatus.Cancelled : more ? UsageImportStatus.Running : UsageImportStatus.Completed,
                FinishedAt = cancelled || !more ? clock.GetUtcNow() : null,
            };
            await store.AddAsync(import, chunk, cancellationToken);
            if (import.Status != UsageImportStatus.Running)
            {
                store.Forget();
                return import;
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }

    /// <summary>Without the byte order mark of UTF-8.</summary>
    internal static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> record) => record.StartsWith<byte>([0xEF, 0xBB, 0xBF]) ? record[3..] : record;
}

/// <summary>Folds the next rows of a file.</summary>
internal sealed class ImportChunk(UsageImport before, ImportStore store, ImportRows rows, IImportFormat format)
{
    private readonly Dictionary<RollupKey, RollupTally> _rollups = [];
    private readonly Dictionary<DayKey, RollupTally> _users = [];
    private readonly List<ImportFault> _errors = [.. before.Errors];
    private readonly SortedSet<string> _unknown = new(before.UnknownModels, StringComparer.Ordinal);
    private long _imported;
    private long _rejected;
    private long _requests;
    private DateTimeOffset? _from = before.From;
    private DateTimeOffset? _to = before.To;

    public IReadOnlyDictionary<RollupKey, RollupTally> Rollups => _rollups;

    public IReadOnlyDictionary<DayKey, RollupTally> Users => _users;

    /// <summary>Reads until one of the limits is reached; false at the end of the file.</summary>
    public bool Fill(ImportRecords records, int maxRows, int maxRollups)
    {
        for (var read = 0; read < maxRows && _rollups.Count + _users.Count < maxRollups; read++)
        {
            if (!records.Read())
            {
                return false;
            }

            if (!records.TooLong && records.Record.IsEmpty)
            {
                continue;
            }

            try
            {
                Add(records);
                _imported++;
            }
            catch (FormatException fault)
            {
                _rejected++;
                if (_errors.Count < UsageImport.MaxErrors)
                {
                    _errors.Add(new ImportFault(records.Line, fault.Message));
                }
            }
        }

        return true;
    }

    public UsageImport After(ImportRecords records) => before with
    {
        Offset = records.Offset,
        NextLine = records.NextLine,
        RowsImported = before.RowsImported + _imported,
        RowsRejected = before.RowsRejected + _rejected,
        Requests = before.Requests + _requests,
        Errors = _errors,
        UnknownModels = [.. _unknown],
        From = _from,
        To = _to,
    };

    /// <summary>All rows of the record, or none.</summary>
    private void Add(ImportRecords records)
    {
        if (records.TooLong)
        {
            throw new FormatException("longer than 1 MB");
        }

        var texts = format.Rows(records.Line == 1 ? ImportRun.WithoutMark(records.Record) : records.Record);
        if (texts.Count == 1)
        {
            Count(rows.Read(texts[0]));
            return;
        }

        foreach (var row in texts.Select(rows.Read).ToList())
        {
            Count(row);
        }
    }

    private void Count(in ImportedUsage row)
    {
        var key = new RollupKey(
            RollupKey.Floor(row.At, TimeSpan.TicksPerHour), Columns.Fit(row.Model, 200), row.Outcome == Rollout.OutcomeKind.Success ? Columns.Fit(row.Model, 200) : "",
            Columns.Fit(row.Feature, 100), Columns.Fit(row.Key, 40));
        if (!_rollups.TryGetValue(key, out var tally))
        {
            _rollups[key] = tally = new RollupTally();
        }

        var cost = store.Cost(row);
        tally.Add(row, cost);
        if (row.User.Length > 0)
        {
            var user = DayKey.OfUser(key, row.User);
            if (!_users.TryGetValue(user, out var sum))
            {
                _users[user] = sum = new RollupTally();
            }

            sum.Add(row, cost);
        }

        _requests += row.Requests;
        _from = _from is { } from && from <= row.At ? from : row.At;
        _to = _to is { } to && to >= row.At ? to : row.At;
        if (_unknown.Count < UsageImport.MaxErrors && store.Catalog.Find(row.Model) is null)
        {
            _unknown.Add(row.Model);
        }
    }
}

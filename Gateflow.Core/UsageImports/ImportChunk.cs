using System.Runtime.InteropServices;
using Gateflow.Core.Rollout;
using Gateflow.Core.Usage;

namespace Gateflow.Core.UsageImports;

/// <summary>
/// The next rows of a file, and what they add to each rollup. The sums come in an order that follows from the rows alone, first those of hours,
/// then those of users, each by time: reading the same rows again gives the same sums under the same numbers.
/// </summary>
/// <param name="kept">Room for its rows, which a chunk after it may use again.</param>
internal sealed class ImportChunk(UsageImport before, ImportStore store, ImportRows rows, IImportFormat format, List<KeptRow> kept)
{
    /// <summary>Series and users of a chunk: each is held with its names.</summary>
    public const int MaxSeries = 100_000;

    private readonly Dictionary<SeriesKey, int> _series = [];
    private readonly List<SeriesKey> _seriesNames = [];
    private readonly Dictionary<(string Model, string User), int> _users = [];
    private readonly List<(string Model, string User)> _userNames = [];
    private readonly List<ImportFault> _errors = [.. before.Errors];
    private readonly SortedSet<string> _unknown = new(before.UnknownModels, StringComparer.Ordinal);
    private SortedRows _hours = SortedRows.None;
    private SortedRows _days = SortedRows.None;
    private long _imported;
    private long _rejected;
    private long _requests;
    private DateTimeOffset? _from = before.From;
    private DateTimeOffset? _to = before.To;

    public int Rows => kept.Count;

    /// <summary>Series and users so far.</summary>
    public int Series => _series.Count + _users.Count;

    /// <summary>Number of sums; known after <see cref="Sort"/>.</summary>
    public int Sums => _hours.Groups + _days.Groups;

    /// <summary>Reads on; false at the end of the file.</summary>
    /// <param name="maxRecords">Most records to read.</param>
    /// <param name="lastByte">Offset not to be passed.</param>
    public bool Fill(ImportRecords records, int maxRecords, long lastByte)
    {
        for (var read = 0; read < maxRecords && records.Offset < lastByte; read++)
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

    /// <summary>Groups the rows; after it none may be added.</summary>
    public void Sort()
    {
        _hours = SortedRows.Of(kept, TimeSpan.TicksPerHour, static row => row.Series);
        _days = SortedRows.Of(kept, TimeSpan.TicksPerDay, static row => row.User);
    }

    /// <summary>A sum: its key, a <see cref="RollupKey"/> or the <see cref="DayKey"/> of a user, and what is to be added.</summary>
    public (object Key, RollupTally Tally) Sum(int index)
    {
        var (sorted, group) = index < _hours.Groups ? (_hours, index) : (_days, index - _hours.Groups);
        var tally = new RollupTally();
        var span = CollectionsMarshal.AsSpan(kept);
        foreach (var row in sorted[group])
        {
            tally.Add(span[row].Usage);
        }

        var first = span[sorted[group][0]];
        var series = _seriesNames[first.Series];
        var key = new RollupKey(RollupKey.Floor(first.Usage.At, TimeSpan.TicksPerHour), series.Model, series.ServedModel, series.Feature, series.KeyId);
        return index < _hours.Groups ? (key, tally) : (DayKey.OfUser(key, _userNames[first.User].User), tally);
    }

    /// <summary>How the import stands when all of the chunk is stored.</summary>
    public UsageImport After(ImportRecords records) => before with
    {
        Offset = records.Offset,
        ReadTo = records.Offset,
        ToStore = 0,
        Stored = 0,
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
            Keep(rows.Read(texts[0]));
        }
        else
        {
            foreach (var row in texts.Select(rows.Read).ToList())
            {
                Keep(row);
            }
        }

        _imported++;
    }

    private void Keep(in ImportedRow row)
    {
        var model = Columns.Fit(row.Model, 200);
        var series = Number(_series, _seriesNames, new SeriesKey(model, row.Usage.Outcome == OutcomeKind.Success ? model : "", Columns.Fit(row.Feature, 100), Columns.Fit(row.Key, 40)));
        var user = row.User.Length > 0 ? Number(_users, _userNames, (model, row.User)) : -1;
        var usage = row.Usage;
        kept.Add(new KeptRow(series, user, usage with { Cost = store.Cost(row) }));
        _requests += usage.Requests;
        _from = _from is { } from && from <= usage.At ? from : usage.At;
        _to = _to is { } to && to >= usage.At ? to : usage.At;
        if (_unknown.Count < UsageImport.MaxErrors && store.Catalog.Find(row.Model) is null)
        {
            _unknown.Add(row.Model);
        }
    }

    private static int Number<TKey>(Dictionary<TKey, int> numbers, List<TKey> names, TKey name)
        where TKey : notnull
    {
        if (!numbers.TryGetValue(name, out var number))
        {
            numbers[name] = number = names.Count;
            names.Add(name);
        }

        return number;
    }

    private readonly record struct SeriesKey(string Model, string ServedModel, string Feature, string KeyId);
}

/// <param name="Series">Number of its series.</param>
/// <param name="User">Number of its model and user; negative without a user.</param>
internal readonly record struct KeptRow(int Series, int User, ImportedUsage Usage);

/// <summary>Numbers of rows in groups of one span of time and one series.</summary>
internal sealed class SortedRows
{
    public static readonly SortedRows None = new([], [0]);

    private readonly int[] _rows;
    private readonly List<int> _starts;

    private SortedRows(int[] rows, List<int> starts) => (_rows, _starts) = (rows, starts);

    public int Groups => _starts.Count - 1;

    public ReadOnlySpan<int> this[int group] => _rows.AsSpan(_starts[group].._starts[group + 1]);

    /// <param name="ticks">Length of the spans of time.</param>
    /// <param name="seriesOf">Number of the series; rows for which it is negative are left out.</param>
    public static SortedRows Of(List<KeptRow> all, long ticks, Func<KeptRow, int> seriesOf)
    {
        var (keys, rows) = (new long[all.Count], new int[all.Count]);
        var count = 0;
        for (var index = 0; index < all.Count; index++)
        {
            if (seriesOf(all[index]) is var series and >= 0)
            {
                (keys[count], rows[count++]) = ((all[index].Usage.At.UtcTicks / ticks << 32) | (uint)series, index);
            }
        }

        Array.Sort(keys, rows, 0, count);
        List<int> starts = [];
        for (var index = 0; index < count; index++)
        {
            if (index == 0 || keys[index] != keys[index - 1])
            {
                starts.Add(index);
            }
        }

        starts.Add(count);
        return new SortedRows(rows, starts);
    }
}

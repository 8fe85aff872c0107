using System.Globalization;
using CsvHelper;

namespace Gateflow.Core.Catalog;

/// <summary>One line of a catalog file; every reader throws <see cref="CatalogDataException"/> with the place of the fault.</summary>
internal sealed class CatalogRow(string file, CsvReader csv)
{
    private static readonly CsvReaderOptions Options = new()
    {
        Separator = ',',
        MalformedData = CsvMalformedDataHandling.Throw,
        TrackLineNumbers = true,
        FormatProvider = CultureInfo.InvariantCulture,
    };

    /// <summary>Reads all rows of an embedded file of Catalog/Data.</summary>
    public static IReadOnlyList<T> ReadEmbedded<T>(string file, string[] columns, Func<CatalogRow, T> map)
    {
        var name = $"Gateflow.Core.Catalog.Data.{file}";
        using var stream = typeof(CatalogRow).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The resource {name} is not embedded.");
        using var reader = new StreamReader(stream);
        return Read(file, reader.ReadToEnd(), columns, map);
    }

    public static IReadOnlyList<T> Read<T>(string file, string text, string[] columns, Func<CatalogRow, T> map)
    {
        using var csv = CsvReader.FromText(text, Options);
        try
        {
            csv.ReadHeader();
            foreach (var column in columns)
            {
                if (!csv.Headers.Contains(column, StringComparer.Ordinal))
                {
                    throw new CatalogDataException(file, 1, column, "the column is missing");
                }
            }

            var row = new CatalogRow(file, csv);
            var result = new List<T>();
            while (csv.Read())
            {
                if (csv.FieldCount != csv.Headers.Count)
                {
                    throw row.Fault(csv.Headers[Math.Min(csv.FieldCount, csv.Headers.Count) - 1], $"{csv.FieldCount} fields instead of {csv.Headers.Count}");
                }

                result.Add(map(row));
            }

            return result;
        }
        catch (CsvFormatException fault)
        {
            throw new CatalogDataException(file, (int)fault.LineNumber, "(whole line)", fault.Message);
        }
    }

    public string Text(string column) => csv.GetString(column);

    public string Required(string column) => Text(column) is { Length: > 0 } text ? text : throw Fault(column, "a value is required");

    public IReadOnlyList<string> List(string column) =>
        Text(column).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public int? Count(string column) => Optional(column, text =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : throw Fault(column, $"'{text}' is not a count"));

    public decimal? Amount(string column) => Optional(column, text =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) ? value : throw Fault(column, $"'{text}' is not an amount of 0 or more"));

    public DateOnly? Date(string column) => Optional(column, text =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var value) ? value : throw Fault(column, $"'{text}' is not a date (yyyy-MM-dd)"));

    /// <summary>One word of the given ones.</summary>
    public T Word<T>(string column, params ReadOnlySpan<(string Word, T Value)> words)
    {
        var text = Text(column);
        foreach (var (word, value) in words)
        {
            if (word == text)
            {
                return value;
            }
        }

        throw Fault(column, $"'{text}' is not one of its words");
    }

    public Capabilities Capabilities(string column)
    {
        var set = Catalog.Capabilities.None;
        foreach (var name in List(column))
        {
            set |= CapabilityNames.TryParse(name, out var flag) ? flag : throw Fault(column, $"'{name}' is not a capability");
        }

        return set;
    }

    public CatalogDataException Fault(string column, string fault) => new(file, (int)csv.LineNumber, column, fault);

    private T? Optional<T>(string column, Func<string, T> parse)
        where T : struct => Text(column) is { Length: > 0 } text ? parse(text) : null;
}

using System.Text;
using System.Text.Json;

namespace Gateflow.Core.UsageImports;

/// <summary>Reads the fields of one record. Each list of values is indexed by <see cref="ImportField"/>; null where there is none.</summary>
internal interface IImportFormat
{
    /// <summary>The rows of a record, in a buffer that the next call reuses. Throws <see cref="FormatException"/> when the record cannot be read.</summary>
    IReadOnlyList<string?[]> Rows(ReadOnlySpan<byte> record);
}

/// <summary>Comma, semicolon or tab separated values, quoted as in RFC 4180.</summary>
internal sealed class CsvFormat : IImportFormat
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);
    private static readonly char[] Separators = [',', ';', '\t'];

    private readonly char _separator;
    private readonly List<string> _fields = [];
    private readonly int[] _fieldOf;
    private readonly string?[][] _row = [new string?[ImportFields.Count]];

    private CsvFormat(char separator, List<string> header)
    {
        _separator = separator;
        _fieldOf = [.. header.Select(_ => -1)];
        var ranks = new Dictionary<ImportField, (int Rank, int Column)>();
        for (var i = 0; i < header.Count; i++)
        {
            if (ImportFields.TryFind(header[i], out var found) && (!ranks.TryGetValue(found.Field, out var known) || found.Rank < known.Rank))
            {
                ranks[found.Field] = (found.Rank, i);
            }
        }

        foreach (var (field, (_, column)) in ranks)
        {
            _fieldOf[column] = (int)field;
        }
    }

    public bool Knows(ImportField field) => Array.IndexOf(_fieldOf, (int)field) >= 0;

    /// <summary>Reads the header. Throws <see cref="FormatException"/> when it is not UTF-8.</summary>
    public static CsvFormat Of(ReadOnlySpan<byte> header)
    {
        var text = Decode(header);
        var separator = Separators.MaxBy(c => text.Count(x => x == c));
        var names = new List<string>();
        Split(text, separator, names);
        return new CsvFormat(separator, names);
    }

    public IReadOnlyList<string?[]> Rows(ReadOnlySpan<byte> record)
    {
        _fields.Clear();
        Split(Decode(record), _separator, _fields);
        if (_fields.Count != _fieldOf.Length)
        {
            throw new FormatException($"{_fields.Count} fields where the header has {_fieldOf.Length}");
        }

        for (var i = 0; i < _fieldOf.Length; i++)
        {
            if (_fieldOf[i] >= 0)
            {
                _row[0][_fieldOf[i]] = _fields[i];
            }
        }

        return _row;
    }

    internal static string Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new FormatException("not valid UTF-8");
        }
    }

    private static void Split(string text, char separator, List<string> fields)
    {
        for (var position = 0; ;)
        {
            if (position < text.Length && text[position] == '"')
            {
                var end = position + 1;
                while ((end = text.IndexOf('"', end)) >= 0 && end + 1 < text.Length && text[end + 1] == '"')
                {
                    end += 2;
                }

                if (end < 0)
                {
                    throw new FormatException("a quote is not closed");
                }

                fields.Add(text[(position + 1)..end].Replace("\"\"", "\"", StringComparison.Ordinal));
                position = end + 1;
                if (position < text.Length && text[position] != separator)
                {
                    throw new FormatException("text after a closing quote");
                }
            }
            else
            {
                var end = text.IndexOf(separator, position);
                end = end < 0 ? text.Length : end;
                fields.Add(text[position..end]);
                position = end;
            }

            if (position >= text.Length)
            {
                return;
            }

            position++;
        }
    }
}

/// <summary>One JSON object a line; the answer of OpenAI's usage endpoint, a bucket with its <c>results</c>, is several rows.</summary>
internal sealed class JsonLinesFormat : IImportFormat
{
    private readonly List<string?[]> _rows = [];

    public IReadOnlyList<string?[]> Rows(ReadOnlySpan<byte> record)
    {
        _rows.Clear();
        try
        {
            var reader = new Utf8JsonReader(record);
            using var document = JsonDocument.ParseValue(ref reader);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                throw new FormatException("not a JSON object");
            }

            if (root.TryGetProperty("results", out var results) && results.ValueKind == JsonValueKind.Array)
            {
                foreach (var result in results.EnumerateArray())
                {
                    _rows.Add(Row(root, result));
                }
            }
            else
            {
                _rows.Add(Row(root, root.TryGetProperty("usage", out var usage) ? usage : default));
            }

            return _rows;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            throw new FormatException("not valid JSON");
        }
    }

    private static string?[] Row(JsonElement root, JsonElement inner)
    {
        var row = new string?[ImportFields.Count];
        Span<int> ranks = stackalloc int[row.Length];
        ranks.Fill(int.MaxValue);
        Take(root, row, ranks);
        if (inner.ValueKind == JsonValueKind.Object)
        {
            Take(inner, row, ranks);
        }

        return row;
    }

    private static void Take(JsonElement source, string?[] row, Span<int> ranks)
    {
        foreach (var property in source.EnumerateObject())
        {
            if (!ImportFields.TryFind(property.Name, out var found) || found.Rank > ranks[(int)found.Field])
            {
                continue;
            }

            var text = property.Value.ValueKind switch
            {
                JsonValueKind.String => property.Value.GetString(),
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => property.Value.GetRawText(),
                JsonValueKind.Array => string.Join(' ', property.Value.EnumerateArray().Where(x => x.ValueKind == JsonValueKind.String).Select(x => x.GetString())),
                _ => null,
            };
            if (text is not null)
            {
                (row[(int)found.Field], ranks[(int)found.Field]) = (text, found.Rank);
            }
        }
    }
}

using System.Globalization;
using System.Text;

namespace Gateflow.Dashboard.Parts;

/// <summary>Tables for other programs, as RFC 4180 has them: decimals with a point, texts that a spreadsheet would run as formulas defused.</summary>
public static class Csv
{
    /// <summary>A line per row under its head, each ended by CR LF; null is an empty field.</summary>
    public static string Write(string head, IEnumerable<object?[]> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var text = new StringBuilder(head).Append("\r\n");
        foreach (var fields in rows)
        {
            text.Append(Line(fields));
        }

        return text.ToString();
    }

    /// <summary>One row with its end.</summary>
    public static string Line(object?[] fields) => string.Join(',', fields.Select(Field)) + "\r\n";

    private static string Field(object? value)
    {
        var text = value switch
        {
            null => "",
            bool truth => truth ? "true" : "false",
            DateTimeOffset at => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
        };
        if (value is string && text is ['=' or '+' or '-' or '@' or '\t' or '\r', ..])
        {
            text = "'" + text;
        }

        return text.AsSpan().IndexOfAny("\",\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}

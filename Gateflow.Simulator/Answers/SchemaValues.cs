using System.Globalization;
using System.Text.Json;

namespace Gateflow.Simulator.Answers;

internal static class SchemaNumbers
{
    /// <summary>A number between the schema's limits (without them: 0 to 100), a multiple where one is asked for.</summary>
    public static double Pick(JsonElement schema, Sequence sequence, bool whole)
    {
        var unit = Read(schema, "multipleOf") ?? (whole ? 1 : 0.01);
        unit = unit > 0 ? unit : 1;
        unit = whole ? Math.Max(1, Math.Ceiling(unit)) : unit;
        var min = Read(schema, "minimum") ?? Read(schema, "exclusiveMinimum") + unit;
        var max = Read(schema, "maximum") ?? Read(schema, "exclusiveMaximum") - unit;
        var low = min ?? Math.Min(0, max ?? 0);
        var high = max ?? low + 100;
        var first = Math.Ceiling(low / unit);
        var last = Math.Max(first, Math.Floor(high / unit));
        var steps = first + Math.Floor(sequence.Unit() * (last - first + 1));
        return whole ? steps * unit : Math.Round(steps * unit, 6);
    }

    private static double? Read(JsonElement schema, string name) =>
        schema.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
}

internal static class SchemaStrings
{
    /// <summary>A string of the schema's format, else a few words, within its length limits.</summary>
    public static string Pick(JsonElement schema, string name, Sequence sequence)
    {
        var format = schema.TryGetProperty("format", out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        var day = new DateOnly(2024, 1, 1).AddDays(sequence.Below(366)).ToString("O", CultureInfo.InvariantCulture);
        var text = format switch
        {
            "date" => day,
            "date-time" => day + "T12:00:00Z",
            "time" => "12:00:00Z",
            "duration" => "PT1H",
            "email" => "someone@example.com",
            "uri" or "url" or "uri-reference" => "https://example.com/" + sequence.Below(1000),
            "hostname" => "example.com",
            "ipv4" => "192.0.2." + sequence.Below(255),
            "ipv6" => "2001:db8::1",
            "uuid" => Uuid(sequence),
            _ => null,
        };
        return text ?? Sized(schema, $"{sequence.Of(Lexicon.Adjectives)} {name.Replace('_', ' ')}");
    }

    private static string Sized(JsonElement schema, string text)
    {
        if (Length(schema, "minLength") is { } least && text.Length < least)
        {
            text = text.PadRight(least, 'x');
        }

        return Length(schema, "maxLength") is { } most && text.Length > most
            ? text[..TokenEstimate.WholeCharacters(text, most)]
            : text;
    }

    private static int? Length(JsonElement schema, string name) =>
        schema.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var length)
            ? Math.Clamp(length, 0, 10_000)
            : null;

    private static string Uuid(Sequence sequence)
    {
        Span<byte> bytes = stackalloc byte[16];
        BitConverter.TryWriteBytes(bytes, sequence.Next());
        BitConverter.TryWriteBytes(bytes[8..], sequence.Next());
        return new Guid(bytes).ToString();
    }
}

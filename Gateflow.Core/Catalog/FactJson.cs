using System.Globalization;
using System.Text.Json.Nodes;

namespace Gateflow.Core.Catalog;

/// <summary>Facts as JSON. Every reader throws <see cref="FormatException"/> with what is wrong, to be read after the fact's name.</summary>
public static class FactJson
{
    /// <summary>No model holds more tokens.</summary>
    private const int MostTokens = 100_000_000;

    private const int MostNames = 50;

    private static readonly DateOnly FirstDay = new(2015, 1, 1);
    private static readonly DateOnly LastDay = new(2099, 12, 31);

    public static JsonNode? Text(string text) => text.Length == 0 ? null : JsonValue.Create(text);

    public static JsonNode? Count(int? count) => count is { } value ? JsonValue.Create(value) : null;

    public static JsonNode? Day(DateOnly? day) => day is { } value ? JsonValue.Create(value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)) : null;

    public static JsonNode Names(IEnumerable<string> names) => new JsonArray([.. names.Select(n => JsonValue.Create(n))]);

    public static string? ReadText(JsonNode? value, int longest) => value switch
    {
        null => null,
        JsonValue text when text.TryGetValue<string>(out var found) && found.Length <= longest && !found.Any(char.IsControl) => found.Trim(),
        _ => throw new FormatException($"must be a text of at most {longest} characters"),
    };

    public static ModelMode ReadMode(JsonNode? value) =>
        value is JsonValue text && text.TryGetValue<string>(out var found) && Wire.TryParse<ModelMode>(found, out var mode)
            ? mode
            : throw new FormatException("must be chat, completion or embedding");

    public static int? ReadCount(JsonNode? value) => value switch
    {
        null => null,
        JsonValue number when TryDecimal(number, out var found) && found == decimal.Truncate(found) && found is >= 1 and <= MostTokens => (int)found,
        _ => throw new FormatException("must be a whole number of tokens from 1 to 100,000,000"),
    };

    public static double ReadFactor(JsonNode? value) =>
        value is JsonValue number && TryDecimal(number, out var found) && found is >= 0.1m and <= 10m
            ? (double)found
            : throw new FormatException("must be a number from 0.1 to 10");

    public static bool ReadFlag(JsonNode? value) =>
        value is JsonValue flag && flag.TryGetValue<bool>(out var found) ? found : throw new FormatException("must be true or false");

    public static DateOnly? ReadDay(JsonNode? value) => value switch
    {
        null => null,
        JsonValue text when text.TryGetValue<string>(out var found) => ParseDay(found),
        _ => throw new FormatException("must be a date (yyyy-MM-dd)"),
    };

    /// <summary>A date as files write it; a time behind it is left away.</summary>
    public static DateOnly ParseDay(string text)
    {
        var day = text.Length > 10 && text[10] is 'T' or ' ' ? text[..10] : text;
        return !DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var found)
            ? throw new FormatException($"'{Short(text)}' is not a date (yyyy-MM-dd)")
            : found < FirstDay || found > LastDay ? throw new FormatException($"{day} is no plausible date: it must lie between 2015 and 2099") : found;
    }

    public static IReadOnlyList<string> ReadNames(JsonNode? value) => value switch
    {
        null => [],
        JsonArray { Count: <= MostNames } list when list.All(IsName) => [.. list.Select(n => n!.GetValue<string>().Trim()).Distinct(StringComparer.OrdinalIgnoreCase)],
        _ => throw new FormatException($"must be a list of at most {MostNames} model ids"),
    };

    public static Capabilities ReadCapabilities(JsonNode? value)
    {
        if (value is not JsonArray list)
        {
            throw new FormatException("must be a list of capabilities");
        }

        var set = Capabilities.None;
        foreach (var name in list)
        {
            set |= name is JsonValue text && text.TryGetValue<string>(out var found) && CapabilityNames.TryParse(found, out var flag)
                ? flag
                : throw new FormatException($"'{Short(name?.ToJsonString() ?? "null")}' is not a capability; known are {string.Join(", ", CapabilityNames.All.Select(CapabilityNames.Wire))}");
        }

        return set;
    }

    /// <summary>A number of any of JSON's forms.</summary>
    public static bool TryDecimal(JsonValue value, out decimal number)
    {
        number = 0;
        return value.GetValueKind() == System.Text.Json.JsonValueKind.Number
            && decimal.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out number);
    }

    /// <summary>The number to nine places without zeros behind the last: 3.000000 is 3.</summary>
    public static decimal Plain(decimal number) => Math.Round(number, 9) / 1.000000000000000000000000000m;

    private static bool IsName(JsonNode? name) =>
        name is JsonValue text && text.TryGetValue<string>(out var found) && ModelIds.IsId(found.Trim());

    private static string Short(string text) => text.Length <= 60 ? text : text[..60] + "…";
}

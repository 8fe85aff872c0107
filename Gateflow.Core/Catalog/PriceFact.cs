using System.Text.Json.Nodes;

namespace Gateflow.Core.Catalog;

/// <summary>A price as JSON: <c>{input, cached_input, output, surcharge?{above_input_tokens, input_factor, output_factor}}</c>, USD per million tokens.</summary>
public static class PriceFact
{
    public const string Name = "price";

    /// <summary>The names that a price has, beside <c>valid_from</c>.</summary>
    internal static readonly string[] Members = ["input", "cached_input", "output", "surcharge"];

    private const decimal Most = 100_000m;

    public static JsonObject Json(PricePeriod price)
    {
        var json = new JsonObject();
        Add(json, "input", price.Input);
        Add(json, "cached_input", price.CachedInput);
        Add(json, "output", price.Output);
        if (price.Surcharge is { } surcharge)
        {
            json["surcharge"] = new JsonObject
            {
                ["above_input_tokens"] = surcharge.AboveInputTokens, ["input_factor"] = surcharge.InputFactor, ["output_factor"] = surcharge.OutputFactor,
            };
        }

        return json;
    }

    /// <exception cref="FormatException">A price is negative, no number, or beyond reason.</exception>
    public static PricePeriod Read(JsonNode? value, DateOnly? from, FactSource source)
    {
        if (value is not JsonObject json)
        {
            throw new FormatException("must be an object of prices");
        }

        if (json.FirstOrDefault(m => !Members.Contains(m.Key, StringComparer.Ordinal)) is { Key: { } unknown })
        {
            throw new FormatException($"has no '{unknown}'; a price has {string.Join(", ", Members)} and valid_from");
        }

        return new PricePeriod(from, Amount(json, "input"), Amount(json, "cached_input"), Amount(json, "output"), Surcharge(json["surcharge"])) { Source = source };
    }

    private static void Add(JsonObject json, string name, decimal? amount)
    {
        if (amount is { } value)
        {
            json[name] = FactJson.Plain(value);
        }
    }

    private static decimal? Amount(JsonObject json, string name) => json[name] switch
    {
        null => null,
        JsonValue value when FactJson.TryDecimal(value, out var amount) => amount switch
        {
            < 0 => throw new FormatException($"{name} is negative ({value.ToJsonString()}); a price is 0 or more, and null where it is not known"),
            > Most => throw new FormatException($"{name} is {value.ToJsonString()} USD per million tokens: beyond reason, check the unit"),
            _ => FactJson.Plain(amount),
        },
        _ => throw new FormatException($"{name} must be a number of USD per million tokens, or null"),
    };

    private static LongPromptSurcharge? Surcharge(JsonNode? value) => value switch
    {
        null => null,
        JsonObject json when FactJson.ReadCount(json["above_input_tokens"]) is { } above => new LongPromptSurcharge(above, Factor(json, "input_factor"), Factor(json, "output_factor")),
        _ => throw new FormatException("surcharge must have above_input_tokens, input_factor and output_factor"),
    };

    private static decimal Factor(JsonObject json, string name) =>
        json[name] is JsonValue value && FactJson.TryDecimal(value, out var factor) && factor is >= 1 and <= 100
            ? FactJson.Plain(Math.Round(factor, 6))
            : throw new FormatException($"surcharge.{name} must be a number from 1 to 100");
}

using System.Globalization;
using System.Text.Json;

namespace Gateflow.Simulator.OpenAI;

/// <summary>Reads the fields of one JSON object with OpenAI's checks and wording. The first fault is kept, as OpenAI reports one.</summary>
/// <param name="json">The object.</param>
/// <param name="path">Its place in the request, for messages; empty at the top.</param>
internal sealed class Arguments(JsonElement json, string path = "")
{
    public OpenAIError? Fault { get; private set; }

    public string PathOf(string name) => path.Length == 0 ? name : $"{path}.{name}";

    /// <summary>Null when absent or JSON null.</summary>
    public JsonElement? Get(string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public JsonElement? Get(string name, JsonValueKind kind, string expected)
    {
        var value = Get(name);
        return value is null || value.Value.ValueKind == kind ? value : Wrong(name, expected, value.Value);
    }

    public string? Text(string name) => Get(name, JsonValueKind.String, "a string")?.GetString();

    public bool? Flag(string name)
    {
        if (Get(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return value.GetBoolean();
        }

        Wrong(name, "a boolean", value);
        return null;
    }

    public double? Number(string name, double min, double max)
    {
        if (Get(name, JsonValueKind.Number, "a decimal") is not { } value)
        {
            return null;
        }

        return Limited(name, value.GetDouble(), min, max, "decimal");
    }

    public int? Integer(string name, long min, long max)
    {
        if (Get(name, JsonValueKind.Number, "an integer") is not { } value)
        {
            return null;
        }

        if (!value.TryGetInt64(out var number))
        {
            Fail(OpenAIError.Invalid($"Invalid type for '{PathOf(name)}': expected an integer, but got a decimal number instead.", PathOf(name), "invalid_type"));
            return null;
        }

        return Limited(name, number, min, max, "integer") is { } limited ? (int)Math.Clamp(limited, int.MinValue, int.MaxValue) : null;
    }

    public void Fail(OpenAIError fault) => Fault ??= fault;

    public void Missing(string name) =>
        Fail(OpenAIError.Invalid($"Missing required parameter: '{PathOf(name)}'.", PathOf(name), "missing_required_parameter"));

    public void BadValue(string name, string value, string supported) => Fail(OpenAIError.Invalid(
        $"Invalid value: '{value}'. Supported values are: {supported}.", PathOf(name), "invalid_value"));

    public JsonElement? Wrong(string name, string expected, JsonElement value)
    {
        Fail(OpenAIError.Invalid(
            $"Invalid type for '{PathOf(name)}': expected {expected}, but got {Kind(value)} instead.", PathOf(name), "invalid_type"));
        return null;
    }

    private double? Limited(string name, double value, double min, double max, string kind)
    {
        if (value >= min && value <= max)
        {
            return value;
        }

        var (side, sign, limit) = value < min ? ("below minimum", ">=", min) : ("above maximum", "<=", max);
        Fail(OpenAIError.Invalid(
            string.Create(CultureInfo.InvariantCulture, $"Invalid '{PathOf(name)}': {kind} {side} value. Expected a value {sign} {limit}, but got {value} instead."),
            PathOf(name),
            $"{kind}_{(value < min ? "below_min" : "above_max")}_value"));
        return null;
    }

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        JsonValueKind.Array => "an array",
        JsonValueKind.Object => "an object",
        _ => "null",
    };
}

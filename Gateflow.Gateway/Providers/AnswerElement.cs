using System.Text.Json;

namespace Gateflow.Gateway.Providers;

/// <summary>Reads members of a provider's answer, whatever they turn out to be: what has another form than expected counts as not there.</summary>
internal static class AnswerElement
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 128 };

    /// <summary>The whole of <paramref name="json"/> when it is one JSON object without half surrogate pairs, else null.</summary>
    public static JsonElement? Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            var check = new Utf8JsonReader(json, Options);
            while (check.Read())
            {
                if (check.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && (check.ValueIsEscaped || !System.Text.Ascii.IsValid(check.ValueSpan)))
                {
                    check.GetString();
                }
            }

            var reader = new Utf8JsonReader(json, Options);
            var root = JsonElement.ParseValue(ref reader);
            return root.ValueKind == JsonValueKind.Object ? root : null;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>A member; null when it is not there or null.</summary>
    public static JsonElement? Find(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>A member that is a text.</summary>
    public static string? Text(this JsonElement element, string name) =>
        element.Find(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    /// <summary>A member that is a whole number of at least 0.</summary>
    public static int? Count(this JsonElement element, string name) =>
        element.Find(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var count) && count >= 0 ? count : null;

    /// <summary>The items of a member that is an array; none else.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement element, string name) =>
        element.Find(name) is { ValueKind: JsonValueKind.Array } value ? value.EnumerateArray() : [];
}

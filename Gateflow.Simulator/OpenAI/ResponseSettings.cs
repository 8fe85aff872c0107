using System.Text.Json;

namespace Gateflow.Simulator.OpenAI;

/// <summary>The settings that a response repeats: as sent, else OpenAI's defaults.</summary>
internal static class ResponseSettings
{
    private static readonly (string Name, string Default)[] Repeated =
    [
        ("instructions", "null"), ("max_output_tokens", "null"), ("max_tool_calls", "null"), ("metadata", "{}"), ("model", "null"),
        ("parallel_tool_calls", "true"), ("previous_response_id", "null"), ("prompt_cache_key", "null"),
        ("reasoning", """{"effort":null,"summary":null}"""), ("safety_identifier", "null"), ("store", "true"), ("temperature", "1.0"),
        ("tool_choice", "\"auto\""), ("tools", "[]"), ("top_logprobs", "0"), ("top_p", "1.0"), ("truncation", "\"disabled\""), ("user", "null"),
    ];

    public static void Write(Utf8JsonWriter json, ResponsesRequest request)
    {
        foreach (var (name, standard) in Repeated)
        {
            json.WritePropertyName(name);
            json.WriteRawValue(Sent(request.Body, name) ?? standard);
        }

        json.WriteString("service_tier", "default");
        json.WriteStartObject("text");
        json.WritePropertyName("format");
        var text = request.Body.TryGetProperty("text", out var given) && given.ValueKind == JsonValueKind.Object ? given : default;
        json.WriteRawValue(Sent(text, "format") ?? """{"type":"text"}""");
        json.WritePropertyName("verbosity");
        json.WriteRawValue(Sent(text, "verbosity") ?? "\"medium\"");
        json.WriteEndObject();
    }

    private static string? Sent(JsonElement from, string name) =>
        from.ValueKind == JsonValueKind.Object && from.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value.GetRawText() : null;
}

using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gateflow.Dashboard.Replay;

/// <summary>A stored chat request, ready to be sent to any model. Its tools are offered as they were and never executed.</summary>
internal sealed class ReplayBody
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 64 };
    private readonly JsonObject _body;

    private ReplayBody(JsonObject body) => _body = body;

    /// <summary>The last user message's text.</summary>
    public string Prompt => (_body["messages"] as JsonArray)?.OfType<JsonObject>().LastOrDefault(m => Text(m["role"]) == "user")?["content"] switch
    {
        JsonArray parts => string.Join('\n', parts.OfType<JsonObject>().Select(p => Text(p["text"])).OfType<string>()),
        var content => Text(content) ?? "",
    };

    public bool JsonDemanded => Text((_body["response_format"] as JsonObject)?["type"]) is "json_object" or "json_schema";

    /// <summary>Null when the bytes are no JSON object.</summary>
    public static ReplayBody? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            if (JsonNode.Parse(json, null, Options) is not JsonObject body)
            {
                return null;
            }

            body["stream"] = false;
            body.Remove("stream_options"); // refused without a stream
            body.Remove("n"); // one answer is compared, several would be paid
            body.Remove("gateflow"); // the gateway's own
            return new ReplayBody(body);
        }
        catch (Exception fault) when (fault is JsonException or ArgumentException)
        {
            return null; // no JSON, or a name given twice
        }
    }

    /// <summary>The request as JSON; not to be changed.</summary>
    public JsonObject Json => _body;

    /// <summary>The request, for whichever model.</summary>
    public byte[] Bytes => JsonSerializer.SerializeToUtf8Bytes(_body);

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}

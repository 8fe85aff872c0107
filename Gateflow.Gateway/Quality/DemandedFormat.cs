using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Core.Rollout;
using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Pipeline;
using Gateflow.Gateway.Providers;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Quality;

/// <summary>What a caller demanded of the answer's form: copied from the request's body before that is let go, and read only once the answer is out.</summary>
internal sealed class DemandedFormat
{
    /// <summary>Longest definition that is copied, bytes; of a longer one only "JSON" is known.</summary>
    private const int MaxBytes = 64 * 1024;

    private byte[]? _format;
    private byte[]? _tools;

    /// <summary>True when the text must be JSON.</summary>
    public bool Json { get; private init; }

    /// <summary>Bytes kept.</summary>
    public int Length => (_format?.Length ?? 0) + (_tools?.Length ?? 0);

    /// <summary>The demands of a request on a migration's arm; null when there are none, or the request is on no arm.</summary>
    public static DemandedFormat? Of(Exchange exchange)
    {
        var envelope = exchange.Envelope;
        if (exchange.Arm == Arm.None || exchange.Body is not { } body || (!envelope.WantsJson && envelope.Tools.Length == 0))
        {
            return null;
        }

        return new DemandedFormat
        {
            Json = envelope.WantsJson,
            _format = envelope.WantsJson ? Copy(body, envelope.Format) : null,
            _tools = Copy(body, envelope.Tools),
        };
    }

    /// <summary>The demands of a chat request that is no longer on its way; null when there are none.</summary>
    public static DemandedFormat? Of(JsonObject chat)
    {
        var (format, tools) = (chat["response_format"], chat["tools"]);
        var json = (format as JsonObject)?["type"]?.ToString() is "json_object" or "json_schema";
        return !json && tools is null ? null : new DemandedFormat
        {
            Json = json,
            _format = json ? Part("response_format", format!) : null,
            _tools = tools is null ? null : Part("tools", tools),
        };
    }

    /// <summary>The schema that the text must have; null for any JSON.</summary>
    public JsonElement? Schema() => Parse(_format) is not { } root ? null
        : root.Find("response_format") is { } chat ? chat.Find("json_schema")?.Find("schema")
        : root.Find("text") is { } responses ? responses.Find("format")?.Find("schema")
        : root.Find("output_config") is { } messages ? messages.Find("format")?.Find("schema")
        : root.Find("output_format")?.Find("schema");

    /// <summary>The schema of a tool's arguments: null when the tool says nothing of them. False for a tool that was not offered; true for all when the tools are unknown.</summary>
    /// <param name="freeForm">Whether the tool takes one text, whatever it says (<see cref="FreeFormTool"/>).</param>
    public bool TryTool(string name, out JsonElement? schema, out bool freeForm)
    {
        (schema, freeForm) = (null, false);
        if (Parse(_tools) is not { } root)
        {
            return true;
        }

        foreach (var tool in root.Items("tools").Concat(root.Items("functions")))
        {
            var function = tool.Find("function") ?? tool.Find("custom") ?? tool;
            if (function.Text("name") == name)
            {
                schema = function.Find("parameters") ?? function.Find("input_schema");
                freeForm = schema is null && tool.Text("type") == "custom"; // Anthropic's tools may be called so too, and have a schema
                return true;
            }
        }

        return false;
    }

    private static byte[]? Copy(PooledBody body, BodyRange range)
    {
        if (range.Length is 0 or > MaxBytes)
        {
            return null;
        }

        var copy = new byte[range.Length + 2];
        copy[0] = (byte)'{';
        copy[^1] = (byte)'}';
        body.Span.Slice(range.Start, range.Length).CopyTo(copy.AsSpan(1));
        return copy;
    }

    private static byte[]? Part(string name, JsonNode value)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(new JsonObject { [name] = value.DeepClone() });
        return bytes.Length > MaxBytes ? null : bytes;
    }

    private static JsonElement? Parse(byte[]? json) => json is null ? null : AnswerElement.Parse(json);
}

using System.Text.Json;
using Gateflow.Simulator.Answers;
using Gateflow.Simulator.Requests;

namespace Gateflow.Simulator.Anthropic;

internal static class MessageParameters
{
    private const double Default = 1;
    private const double LeastTopPWhileThinking = 0.95;

    private static readonly string[] Known =
    [
        "cache_control", "container", "diagnostics", "inference_geo", "max_tokens", "messages", "metadata", "model", "output_config", "service_tier",
        "speed", "stop_sequences", "stream", "system", "thinking", "tool_choice", "tools",
    ];

    private static readonly string[] Sampling = ["temperature", "top_k", "top_p"];

    private static readonly string[] Beta = ["context_management", "mcp_servers", "output_format"];

    private static readonly string[] Countable =
    [
        "cache_control", "messages", "model", "output_config", "system", "thinking", "tool_choice", "tools",
    ];

    public static void CheckNames(Fields request, bool counting, ApiVersion version) => request.Allow(
        [.. counting ? Countable : [.. Known, .. version.Sampling ? Sampling : []], .. version.Beta ? Beta : []]);

    public static int? MaxTokens(Fields request, string? model, ClaudeFamily family)
    {
        request.Need("max_tokens");
        var most = request.Integer("max_tokens", 1, int.MaxValue);
        if (most > family.MaxOutput)
        {
            request.Fail($"max_tokens: {most} > {family.MaxOutput}, which is the maximum allowed number of output tokens for {model}");
        }

        return most;
    }

    public static void CheckRest(Fields request)
    {
        if (request.Object("metadata") is { } metadata)
        {
            metadata.Allow("user_id");
            metadata.Text("user_id");
        }

        request.OneOf("service_tier", "auto", "standard_only");
        if (request.Object("output_config") is { } output)
        {
            output.Allow("effort", "format", "task_budget");
            output.OneOf("effort", "low", "medium", "high", "xhigh", "max");
        }
    }

    public static void CheckSampling(Fields request, string? model, ClaudeFamily family, MessageThinking thinking, MessageTools tools)
    {
        var temperature = request.Number("temperature", 0, 1);
        var topP = request.Number("top_p", 0, 1);
        var topK = request.Integer("top_k", 0, int.MaxValue);
        if (!family.Sampling && (temperature is not (null or Default) || topP is not (null or Default) || topK is not null))
        {
            var name = temperature is not (null or Default) ? "temperature" : topP is not (null or Default) ? "top_p" : "top_k";
            request.Fail($"`{name}` is not supported for this model.");
        }

        if (!(family.SamplingTogether && family.Sampling) && temperature is not null && topP is not null)
        {
            request.Fail($"`temperature` and `top_p` cannot both be specified for this model. Please use only one. ({model})");
        }

        if (thinking.Tokens == 0)
        {
            return;
        }

        if (temperature is not (null or Default))
        {
            request.Fail("`temperature` may only be set to 1 when thinking is enabled.");
        }

        if (topP < LeastTopPWhileThinking)
        {
            request.Fail("`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled.");
        }

        if (topK is not null)
        {
            request.Fail("`top_k` must be unset when thinking is enabled.");
        }

        if (tools.Forced)
        {
            request.Fail("Thinking may not be enabled when tool_choice forces tool use.");
        }
    }

    public static IReadOnlyList<string> Stop(Fields request)
    {
        var stops = request.Texts("stop_sequences");
        if (stops.Any(string.IsNullOrWhiteSpace))
        {
            request.Fail("stop_sequences: each stop sequence must contain non-whitespace");
        }

        return stops;
    }

    public static void System(Fields request, PromptPrefix prefix)
    {
        switch (request.Get("system"))
        {
            case null:
                return;
            case { ValueKind: JsonValueKind.String } text:
                prefix.Add(text.GetString()!);
                prefix.AddTokens(TokenEstimate.Of(text.GetString()) + TokenEstimate.PerMessage);
                return;
            case { ValueKind: JsonValueKind.Array }:
                prefix.AddTokens(TokenEstimate.PerMessage);
                foreach (var block in request.Objects("system"))
                {
                    SystemBlock(block, prefix);
                }

                return;
            default:
                request.Wrong("system", "list");
                return;
        }
    }

    public static (ReplyFormat Format, JsonElement? Schema) Format(Fields request, ClaudeFamily family)
    {
        if (request.Object("output_config")?.Object("format") is not { } format)
        {
            return (ReplyFormat.Text, null);
        }

        if (!family.Structured)
        {
            format.Fail("output_config.format: Structured outputs are not supported for this model.");
        }

        format.Allow("type", "schema");
        format.Need("type");
        format.OneOf("type", "json_schema");
        var schema = format.NeedObject("schema")?.Json;
        if (schema is { } given && StrictSchema.OpenObject(given) is { } path)
        {
            format.Fail($"output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false{(path.Length == 0 ? "" : $" (at {path})")}");
        }

        return (ReplyFormat.JsonSchema, schema);
    }

    private static void SystemBlock(Fields block, PromptPrefix prefix)
    {
        block.Allow("type", "text", "cache_control", "citations");
        block.Need("type");
        block.OneOf("type", "text");
        var text = block.NeedText("text") ?? "";
        if (text.Length == 0 && block.Ok)
        {
            block.Fail("system: text content blocks must be non-empty");
        }

        prefix.Add(block.Json);
        prefix.AddTokens(TokenEstimate.Of(text));
        CacheControl.Read(block, prefix);
    }
}

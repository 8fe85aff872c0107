using System.Text.Json;
using Gateflow.Simulator.Answers;

namespace Gateflow.Simulator.OpenAI;

internal static class ResponsesParameters
{
    /// <summary>OpenAI takes no smaller limit of a response.</summary>
    private const int LeastOutputTokens = 16;

    private static readonly HashSet<string> Known = new(StringComparer.Ordinal)
    {
        "background", "context_management", "conversation", "include", "input", "instructions", "max_output_tokens", "max_tool_calls",
        "metadata", "model", "parallel_tool_calls", "previous_response_id", "prompt", "prompt_cache_key", "prompt_cache_retention",
        "reasoning", "safety_identifier", "service_tier", "store", "stream", "stream_options", "temperature", "text", "tool_choice",
        "tools", "top_logprobs", "top_p", "truncation", "user",
    };

    /// <summary>Parameters of chat completions that live elsewhere here.</summary>
    private static readonly Dictionary<string, string> Moved = new(StringComparer.Ordinal)
    {
        ["max_completion_tokens"] = "max_output_tokens",
        ["max_tokens"] = "max_output_tokens",
        ["messages"] = "input",
        ["reasoning_effort"] = "reasoning.effort",
        ["response_format"] = "text.format",
        ["verbosity"] = "text.verbosity",
    };

    public static void CheckNames(JsonElement json, Arguments arguments)
    {
        foreach (var property in json.EnumerateObject())
        {
            if (Moved.TryGetValue(property.Name, out var place))
            {
                arguments.Fail(OpenAIError.Invalid(
                    $"Unsupported parameter: '{property.Name}'. In the Responses API, this parameter has moved to '{place}'. Try again with the new parameter.",
                    property.Name,
                    "unsupported_parameter"));
            }
            else if (!Known.Contains(property.Name))
            {
                arguments.Fail(OpenAIError.Invalid($"Unknown parameter: '{property.Name}'.", property.Name, "unknown_parameter"));
            }
        }
    }

    public static int? MaxOutputTokens(Arguments arguments) => arguments.Integer("max_output_tokens", LeastOutputTokens, int.MaxValue);

    public static void CheckRanges(Arguments arguments)
    {
        arguments.Number("temperature", 0, 2);
        arguments.Number("top_p", 0, 1);
        arguments.Integer("top_logprobs", 0, 20);
        arguments.Integer("max_tool_calls", 1, int.MaxValue);
        arguments.Text("instructions");
        arguments.Text("user");
        arguments.Flag("background");
        arguments.Get("metadata", JsonValueKind.Object, "an object");
        arguments.Get("include", JsonValueKind.Array, "an array of strings");
        if (arguments.Text("truncation") is { } truncation and not ("auto" or "disabled"))
        {
            arguments.BadValue("truncation", truncation, "'auto' and 'disabled'");
        }
    }

    /// <returns>Longest thought in tokens, 0 for none, and whether a summary of it is asked for.</returns>
    public static (int Tokens, bool Summary) Reasoning(Arguments arguments)
    {
        if (arguments.Get("reasoning", JsonValueKind.Object, "an object") is not { } json)
        {
            return (0, false);
        }

        var reasoning = new Arguments(json, "reasoning");
        var effort = ChatParameters.Effort(reasoning, "effort");
        var summary = reasoning.Text("summary") ?? reasoning.Text("generate_summary");
        if (summary is not (null or "auto" or "concise" or "detailed"))
        {
            reasoning.BadValue("summary", summary, "'auto', 'concise', and 'detailed'");
        }

        ChatParameters.Adopt(arguments, reasoning);
        return (Effort.Tokens(effort), summary is not null);
    }

    public static (ReplyFormat Format, JsonElement? Schema) Format(Arguments arguments)
    {
        if (arguments.Get("text", JsonValueKind.Object, "an object") is not { } json)
        {
            return (ReplyFormat.Text, null);
        }

        var text = new Arguments(json, "text");
        var read = (ReplyFormat.Text, (JsonElement?)null);
        if (text.Text("verbosity") is { } verbosity and not ("low" or "medium" or "high"))
        {
            text.BadValue("verbosity", verbosity, "'low', 'medium', and 'high'");
        }

        if (text.Get("format", JsonValueKind.Object, "an object") is { } inner)
        {
            var format = new Arguments(inner, "text.format");
            read = FormatOf(format);
            ChatParameters.Adopt(text, format);
        }

        ChatParameters.Adopt(arguments, text);
        return read;
    }

    private static (ReplyFormat Format, JsonElement? Schema) FormatOf(Arguments format)
    {
        switch (format.Text("type"))
        {
            case null:
                format.Missing("type");
                return (ReplyFormat.Text, null);
            case "text":
                return (ReplyFormat.Text, null);
            case "json_object":
                return (ReplyFormat.JsonObject, null);
            case "json_schema":
                var name = FunctionSchema.Name(format);
                var schema = format.Get("schema", JsonValueKind.Object, "an object");
                if (schema is null)
                {
                    format.Missing("schema");
                }

                FunctionSchema.CheckStrict(format, schema, $"response_format '{name}'", "text.format.schema", "invalid_json_schema");
                return (ReplyFormat.JsonSchema, schema);
            case var other:
                format.BadValue("type", other, "'json_object', 'json_schema', and 'text'");
                return (ReplyFormat.Text, null);
        }
    }
}

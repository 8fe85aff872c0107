using System.Text.Json;
using Gateflow.Simulator.Answers;

namespace Gateflow.Simulator.OpenAI;

internal static class ChatParameters
{
    private const int MostStops = 4;

    private static readonly HashSet<string> Known = new(StringComparer.Ordinal)
    {
        "audio", "frequency_penalty", "function_call", "functions", "logit_bias", "logprobs", "max_completion_tokens", "max_tokens",
        "messages", "metadata", "modalities", "model", "n", "parallel_tool_calls", "prediction", "presence_penalty",
        "prompt_cache_key", "prompt_cache_retention", "reasoning_effort", "response_format", "safety_identifier", "seed",
        "service_tier", "stop", "store", "stream", "stream_options", "temperature", "tool_choice", "tools", "top_logprobs", "top_p",
        "user", "verbosity", "web_search_options",
    };

    /// <summary>OpenAI refuses what it does not know; a gateway's own fields must not get here.</summary>
    public static void CheckNames(JsonElement json, Arguments arguments)
    {
        foreach (var property in json.EnumerateObject())
        {
            if (!Known.Contains(property.Name))
            {
                arguments.Fail(OpenAIError.Invalid($"Unrecognized request argument supplied: {property.Name}", null, null));
            }
        }
    }

    public static void CheckRanges(Arguments arguments)
    {
        arguments.Number("temperature", 0, 2);
        arguments.Number("top_p", 0, 1);
        arguments.Number("presence_penalty", -2, 2);
        arguments.Number("frequency_penalty", -2, 2);
        arguments.Integer("seed", long.MinValue, long.MaxValue);
        arguments.Text("user");
        arguments.Get("metadata", JsonValueKind.Object, "an object");
        arguments.Get("logit_bias", JsonValueKind.Object, "an object");
        if (arguments.Integer("top_logprobs", 0, 20) is not null && arguments.Flag("logprobs") != true)
        {
            arguments.Fail(OpenAIError.Invalid("The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.", "top_logprobs", null));
        }
    }

    public static string? Effort(Arguments arguments, string name)
    {
        var effort = arguments.Text(name);
        if (effort is not (null or "none" or "minimal" or "low" or "medium" or "high" or "xhigh" or "max"))
        {
            arguments.BadValue(name, effort, "'none', 'minimal', 'low', 'medium', 'high', 'xhigh', and 'max'");
        }

        return effort;
    }

    public static bool IncludeUsage(Arguments arguments, bool stream)
    {
        if (arguments.Get("stream_options", JsonValueKind.Object, "an object") is not { } json)
        {
            return false;
        }

        if (!stream)
        {
            arguments.Fail(OpenAIError.Invalid("The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options", null));
        }

        var options = new Arguments(json, "stream_options");
        var include = options.Flag("include_usage") ?? false;
        Adopt(arguments, options);
        return include;
    }

    public static IReadOnlyList<string> Stop(Arguments arguments)
    {
        if (arguments.Get("stop") is not { } stop)
        {
            return [];
        }

        if (stop.ValueKind == JsonValueKind.String)
        {
            return stop.GetString() is { Length: > 0 } one ? [one] : [];
        }

        if (stop.ValueKind != JsonValueKind.Array || stop.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.String))
        {
            arguments.Wrong("stop", "a string or an array of strings", stop);
            return [];
        }

        if (stop.GetArrayLength() > MostStops)
        {
            arguments.Fail(OpenAIError.Invalid(
                $"Invalid 'stop': array too long. Expected an array with maximum length {MostStops}, but got an array with length {stop.GetArrayLength()} instead.",
                "stop",
                "array_above_max_length"));
        }

        return [.. stop.EnumerateArray().Select(item => item.GetString()!).Where(item => item.Length > 0)];
    }

    public static (ReplyFormat Format, JsonElement? Schema) Format(Arguments arguments)
    {
        if (arguments.Get("response_format", JsonValueKind.Object, "an object") is not { } json)
        {
            return (ReplyFormat.Text, null);
        }

        var format = new Arguments(json, "response_format");
        var type = format.Text("type");
        JsonElement? schema = null;
        switch (type)
        {
            case null:
                format.Missing("type");
                break;
            case "json_schema":
                schema = Schema(format);
                break;
            case not ("text" or "json_object"):
                format.BadValue("type", type, "'json_object', 'json_schema', and 'text'");
                break;
        }

        Adopt(arguments, format);
        return (type switch { "json_object" => ReplyFormat.JsonObject, "json_schema" => ReplyFormat.JsonSchema, _ => ReplyFormat.Text }, schema);
    }

    /// <summary>OpenAI writes JSON without a schema only for whoever asks for it in words, too.</summary>
    public static bool MentionsJson(JsonElement? prompt) =>
        prompt?.GetRawText().Contains("json", StringComparison.OrdinalIgnoreCase) ?? false;

    public static void Adopt(Arguments outer, Arguments inner)
    {
        if (inner.Fault is { } fault)
        {
            outer.Fail(fault);
        }
    }

    private static JsonElement? Schema(Arguments format)
    {
        if (format.Get("json_schema", JsonValueKind.Object, "an object") is not { } json)
        {
            format.Missing("json_schema");
            return null;
        }

        var inner = new Arguments(json, format.PathOf("json_schema"));
        var name = FunctionSchema.Name(inner);
        var schema = inner.Get("schema", JsonValueKind.Object, "an object");
        FunctionSchema.CheckStrict(inner, schema, $"response_format '{name}'", "response_format", "invalid_json_schema");
        Adopt(format, inner);
        return schema;
    }
}

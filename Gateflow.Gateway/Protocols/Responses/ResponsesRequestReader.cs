using System.Collections.Frozen;
using System.Text.Json;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Protocols.Responses;

/// <summary>Reads a response's request whole, for a provider of another protocol. What rests on state that OpenAI keeps cannot be carried over.</summary>
internal static class ResponsesRequestReader
{
    /// <summary>What has a place of its own in a <see cref="ModelRequest"/>, is refused below, or is the gateway's and the stream's own.</summary>
    private static readonly FrozenSet<string> Known = FrozenSet.ToFrozenSet(
        [
            "model", "input", "instructions", "gateflow", "stream", "stream_options", "max_output_tokens", "temperature", "top_p", "top_logprobs", "include",
            "tools", "tool_choice", "parallel_tool_calls", "text", "reasoning", "user", "safety_identifier", "metadata", "service_tier", "truncation", "store",
            "background", "previous_response_id", "conversation", "prompt",
        ],
        StringComparer.Ordinal);

    /// <exception cref="NotCarriedException">A field has a form that the protocol does not know, or asks for what only OpenAI's Responses API can do.</exception>
    public static ModelRequest Read(ReadOnlySpan<byte> body)
    {
        var root = RequestField.Root(body);
        RefuseState(root);
        var include = root.Find("include")?.Items().Select(static item => item.Text()).ToList() ?? [];
        var top = root.Find("top_logprobs")?.Count();
        var (tools, choice) = ResponsesRequestTools.Read(root);
        var text = root.Find("text");
        return new ModelRequest
        {
            Messages = ResponsesRequestItems.Read(root.Find("instructions"), root.Need("input")),
            Stream = root.Find("stream")?.Flag() ?? false,
            MaxTokens = root.Find("max_output_tokens")?.Count(least: 1),
            Temperature = root.Find("temperature")?.Number(),
            TopP = root.Find("top_p")?.Number(),
            Logprobs = top > 0 || include.Contains("message.output_text.logprobs"),
            TopLogprobs = top > 0 ? top : null,
            Tools = tools,
            ToolChoice = choice,
            ParallelToolCalls = root.Find("parallel_tool_calls")?.Flag(),
            Format = Format(text?.Find("format")),
            Verbosity = text?.Find("verbosity")?.Text(),
            Reasoning = Thinking(root.Find("reasoning")),
            User = (root.Find("safety_identifier") ?? root.Find("user"))?.Text(),
            Metadata = root.Find("metadata")?.Object(),
            ServiceTier = root.Find("service_tier")?.Text(),
            Others = Others(root, include),
        };
    }

    private static void RefuseState(RequestField root)
    {
        foreach (var (name, what) in new[]
        {
            ("previous_response_id", "keeps no earlier responses; send the whole conversation as 'input'"),
            ("conversation", "keeps no conversations; send the whole conversation as 'input'"),
            ("prompt", "keeps no prompts; send the text as 'instructions' and 'input'"),
        })
        {
            if (root.Find(name) is { } given)
            {
                throw given.Unsupported(what);
            }
        }

        if (root.Find("background") is { } background && background.Flag())
        {
            throw background.Unsupported("answers at once, not in the background");
        }
    }

    /// <summary><c>{type: text | json_object | json_schema, name, description, schema, strict}</c>.</summary>
    private static ResponseFormat? Format(RequestField? format)
    {
        if (format is not { } given)
        {
            return null;
        }

        var type = given.Need("type");
        return type.Text() switch
        {
            "text" => new ResponseFormat(FormatKind.Text),
            "json_object" => new ResponseFormat(FormatKind.Json),
            "json_schema" => new ResponseFormat(
                FormatKind.Schema, given.Need("name").Text(), given.Find("description")?.Text(), given.Need("schema").Object(), given.Find("strict")?.Flag()),
            _ => throw type.Invalid("text, json_object or json_schema"),
        };
    }

    private static Reasoning? Thinking(RequestField? reasoning)
    {
        if (reasoning is not { } given)
        {
            return null;
        }

        var (effort, summary) = (given.Find("effort")?.Text(), (given.Find("summary") ?? given.Find("generate_summary"))?.Text());
        if (given.Find("mode") is { } mode)
        {
            throw mode.Unsupported("has no modes of reasoning");
        }

        return effort is null && summary is null ? null : new Reasoning(effort, Enabled: effort != "none", Summary: summary);
    }

    /// <summary>
    /// Fields that say what holds anyway are no fields: nothing is stored and nothing is cut off by a provider of another protocol, and proofs of
    /// reasoning are always handed out.
    /// </summary>
    private static Dictionary<string, JsonElement> Others(RequestField root, List<string> include)
    {
        var others = new Dictionary<string, JsonElement>(root.Members(static name => !Known.Contains(name)), StringComparer.Ordinal);
        if (root.Find("store") is { } store && store.Flag())
        {
            others["store"] = store.Value;
        }

        if (root.Find("truncation") is { } truncation && truncation.Text() != "disabled")
        {
            others["truncation"] = truncation.Value;
        }

        if (include.Exists(static item => item is not ("message.output_text.logprobs" or "reasoning.encrypted_content")))
        {
            others["include"] = root.Find("include")!.Value.Value;
        }

        return others;
    }
}

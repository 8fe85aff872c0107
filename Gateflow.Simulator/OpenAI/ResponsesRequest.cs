using System.Text.Json;
using Gateflow.Simulator.Answers;

namespace Gateflow.Simulator.OpenAI;

/// <summary>A response as asked for, checked.</summary>
internal sealed record ResponsesRequest
{
    public required string Model { get; init; }

    public required Question Question { get; init; }

    public required ResponsesInput Input { get; init; }

    /// <summary>Of input and tools, estimated.</summary>
    public required int InputTokens { get; init; }

    public required bool Stream { get; init; }

    /// <summary>Whether the answer may be continued by its id.</summary>
    public required bool Store { get; init; }

    /// <summary>Whether reasoning is summed up.</summary>
    public required bool Summary { get; init; }

    /// <summary>Whether reasoning is handed out encrypted.</summary>
    public required bool Encrypted { get; init; }

    /// <summary>The body: a response repeats its settings.</summary>
    public required JsonElement Body { get; init; }

    /// <summary>Exactly one of the two is null.</summary>
    public static (ResponsesRequest? Request, OpenAIError? Fault) Read(JsonElement json, ResponseStore store)
    {
        var arguments = new Arguments(json);
        var model = arguments.Text("model");
        if (string.IsNullOrEmpty(model))
        {
            arguments.Missing("model");
        }

        ResponsesParameters.CheckNames(json, arguments);
        var input = ResponsesInput.Read(arguments, Previous(arguments, store));
        var tools = ResponsesTools.Read(arguments);
        var (format, schema) = ResponsesParameters.Format(arguments);
        var (thinking, summary) = ResponsesParameters.Reasoning(arguments);
        var most = ResponsesParameters.MaxOutputTokens(arguments);
        ResponsesParameters.CheckRanges(arguments);
        if (format == ReplyFormat.JsonObject && !ChatParameters.MentionsJson(arguments.Get("input")))
        {
            arguments.Fail(OpenAIError.Invalid(
                "Response input messages must contain the word 'json' in some form to use 'text.format' of type 'json_object'.", "input", null));
        }

        var request = new ResponsesRequest
        {
            Model = model ?? "",
            Input = input,
            InputTokens = input.Tokens + tools.Tokens,
            Stream = arguments.Flag("stream") ?? false,
            Store = arguments.Flag("store") ?? true,
            Summary = summary,
            Encrypted = arguments.Get("include") is { ValueKind: JsonValueKind.Array } include
                && include.EnumerateArray().Any(one => one.ValueKind == JsonValueKind.String && one.ValueEquals("reasoning.encrypted_content")),
            Body = json,
            Question = new Question
            {
                Prompt = input.LastUserText,
                Tools = tools.Tools,
                // After the results of tools a model speaks; calling again would never end.
                Demand = tools.Demand == ToolDemand.WhenNamedInPrompt && input.EndsWithToolResult ? ToolDemand.None : tools.Demand,
                ToolName = tools.Name,
                ParallelTools = arguments.Flag("parallel_tool_calls") ?? true,
                Format = format,
                Schema = schema,
                MaxTokens = most,
                ThinkingTokens = thinking,
            },
        };
        return arguments.Fault is { } fault ? (null, fault) : (request, null);
    }

    private static StoredResponse? Previous(Arguments arguments, ResponseStore store)
    {
        if (arguments.Text("previous_response_id") is not { } id)
        {
            return null;
        }

        var previous = store.Find(id);
        if (previous is null)
        {
            arguments.Fail(OpenAIError.Invalid($"Previous response with id '{id}' not found.", "previous_response_id", "previous_response_not_found"));
        }

        return previous;
    }
}

using System.Text.Json;
using Gateflow.Simulator.Answers;

namespace Gateflow.Simulator.OpenAI;

/// <summary>A chat completion as asked for, checked.</summary>
internal sealed record ChatRequest
{
    public required string Model { get; init; }

    public required Question Question { get; init; }

    public required int PromptTokens { get; init; }

    public required int Choices { get; init; }

    public required bool Stream { get; init; }

    public required bool IncludeUsage { get; init; }

    /// <summary>Null when log probabilities were not asked for.</summary>
    public required int? TopLogprobs { get; init; }

    /// <summary>What the provider's prompt cache goes by.</summary>
    public required string RawMessages { get; init; }

    /// <summary>Exactly one of the two is null.</summary>
    /// <param name="json">The body.</param>
    /// <param name="deployment">The model when the path names it; the body's does not count then.</param>
    public static (ChatRequest? Request, OpenAIError? Fault) Read(JsonElement json, string? deployment)
    {
        var arguments = new Arguments(json);
        var model = deployment ?? arguments.Text("model");
        if (string.IsNullOrEmpty(model))
        {
            arguments.Fail(OpenAIError.Invalid("you must provide a model parameter", null, null));
        }

        ChatParameters.CheckNames(json, arguments);
        var messages = ChatMessages.Read(arguments);
        var stream = arguments.Flag("stream") ?? false;
        var limit = Smaller(arguments.Integer("max_tokens", 1, int.MaxValue), arguments.Integer("max_completion_tokens", 1, int.MaxValue));
        var choices = arguments.Integer("n", 1, 128) ?? 1;
        ChatParameters.CheckRanges(arguments);
        var effort = ChatParameters.Effort(arguments, "reasoning_effort");
        var includeUsage = ChatParameters.IncludeUsage(arguments, stream);
        var tools = ChatTools.Read(arguments);
        var (format, schema) = ChatParameters.Format(arguments);
        var stop = ChatParameters.Stop(arguments);
        if (format == ReplyFormat.JsonObject && !ChatParameters.MentionsJson(arguments.Get("messages")))
        {
            arguments.Fail(OpenAIError.Invalid(
                "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.", "messages", null));
        }

        OpenAIFamily.Of(model ?? "").Check(arguments, model!, json);
        if (arguments.Fault is { } fault)
        {
            return (null, fault);
        }

        var request = new ChatRequest
        {
            Model = model!,
            PromptTokens = messages!.Tokens + tools.Tokens,
            Choices = choices,
            Stream = stream,
            IncludeUsage = includeUsage,
            TopLogprobs = arguments.Flag("logprobs") == true ? (int?)arguments.Integer("top_logprobs", 0, 20) ?? 0 : null,
            RawMessages = json.GetProperty("messages").GetRawText(),
            Question = new Question
            {
                Prompt = messages.LastUserText,
                Tools = tools.Tools,
                // After the results of tools a model speaks; calling again would never end.
                Demand = tools.Demand == ToolDemand.WhenNamedInPrompt && messages.EndsWithToolResult ? ToolDemand.None : tools.Demand,
                ToolName = tools.Name,
                ParallelTools = arguments.Flag("parallel_tool_calls") ?? true,
                Format = format,
                Schema = schema,
                MaxTokens = limit,
                Stop = stop,
                ThinkingTokens = effort is null ? 0 : Effort.Tokens(effort),
            },
        };
        return (request, null);
    }

    private static int? Smaller(int? one, int? other) => one is { } a && other is { } b ? Math.Min(a, b) : one ?? other;
}

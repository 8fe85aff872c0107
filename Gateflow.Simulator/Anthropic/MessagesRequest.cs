using System.Text.Json;
using Gateflow.Simulator.Answers;
using Gateflow.Simulator.Requests;

namespace Gateflow.Simulator.Anthropic;

/// <summary>A message as asked for, checked.</summary>
internal sealed record MessagesRequest
{
    public required string Model { get; init; }

    public required Question Question { get; init; }

    public required PromptPrefix Prompt { get; init; }

    public required bool Stream { get; init; }

    public required bool ShowThinking { get; init; }

    /// <summary>Exactly one of the two is null.</summary>
    /// <param name="json">The body.</param>
    /// <param name="counting">Only tokens are to be counted: parameters of the answer are unknown.</param>
    /// <param name="version">What the caller's headers ask for.</param>
    public static (MessagesRequest? Request, AnthropicError? Fault) Read(JsonElement json, bool counting, ApiVersion version)
    {
        var finding = new Finding();
        var fields = new Fields(json, "", AnthropicWording.Instance, finding);
        var request = Read(fields, counting, version);
        return finding.Message is { } fault ? (null, AnthropicError.Invalid(fault)) : (request, null);
    }

    private static MessagesRequest Read(Fields fields, bool counting, ApiVersion version)
    {
        var model = fields.NeedText("model") ?? "";
        var family = ClaudeFamily.Of(model);
        MessageParameters.CheckNames(fields, counting, version);
        var most = counting ? null : MessageParameters.MaxTokens(fields, model, family);
        var thinking = MessageThinking.Read(fields, family, most);
        var prompt = new PromptPrefix();
        prompt.AddTokens(TokenEstimate.PerRequest);
        var tools = MessageTools.Read(fields, prompt);
        MessageParameters.System(fields, prompt);
        var turns = MessageTurns.Read(fields, family, prompt, thinking.Manual);
        CacheControl.Read(fields, prompt);
        var (format, schema) = MessageParameters.Format(fields, family);
        MessageParameters.CheckSampling(fields, model, family, thinking, tools);
        MessageParameters.CheckRest(fields);
        CheckFamily(fields, family, tools, turns);
        return new MessagesRequest
        {
            Model = model,
            Prompt = prompt,
            Stream = fields.Flag("stream") ?? false,
            ShowThinking = thinking.Shown,
            Question = new Question
            {
                Prompt = turns.LastUserText,
                Tools = tools.Tools,
                // After the results of tools a model speaks; calling again would never end.
                Demand = tools.Demand == ToolDemand.WhenNamedInPrompt && turns.EndsWithToolResult ? ToolDemand.None : tools.Demand,
                ToolName = tools.Name,
                ParallelTools = tools.Parallel,
                Format = format,
                Schema = schema,
                MaxTokens = most,
                Stop = MessageParameters.Stop(fields),
                ThinkingTokens = thinking.Tokens,
            },
        };
    }

    private static void CheckFamily(Fields fields, ClaudeFamily family, MessageTools tools, MessageTurns turns)
    {
        if (tools.Forced && !family.ForcedTools)
        {
            fields.Fail("tool_choice: forced tool use (`any` or `tool`) is not supported for this model.");
        }

        if (turns.EndsWithAssistant && !family.Prefill)
        {
            fields.Fail("This model does not support assistant message prefill. The conversation must end with a user message.");
        }
    }
}

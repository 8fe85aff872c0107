using System.Text.Json;
using Gateflow.Simulator.Anthropic;
using Gateflow.Simulator.Answers;
using Gateflow.Simulator.Requests;

namespace Gateflow.Simulator.Bedrock;

/// <summary>An answer as asked for, checked.</summary>
internal sealed record ConverseRequest
{
    private static readonly string[] Known =
    [
        "additionalModelRequestFields", "additionalModelResponseFieldPaths", "guardrailConfig", "inferenceConfig", "messages", "outputConfig",
        "performanceConfig", "promptVariables", "requestMetadata", "serviceTier", "system", "toolConfig",
    ];

    public required string Model { get; init; }

    public required Question Question { get; init; }

    public required PromptPrefix Prompt { get; init; }

    /// <summary>JSON pointers into the model's own answer.</summary>
    public required IReadOnlyList<string> MoreFields { get; init; }

    /// <summary>Exactly one of the two is null.</summary>
    public static (ConverseRequest? Request, BedrockError? Fault) Read(JsonElement json, string model)
    {
        var finding = new Finding();
        var request = Read(new Fields(json, "", BedrockWording.Instance, finding), model);
        return finding.Message is { } fault ? (null, BedrockError.Invalid(fault)) : (request, null);
    }

    private static ConverseRequest Read(Fields fields, string model)
    {
        var family = BedrockFamily.Of(model);
        fields.Allow(Known);
        var prompt = new PromptPrefix();
        prompt.AddTokens(TokenEstimate.PerRequest);
        var tools = ConverseTools.Read(fields, family, prompt);
        ReadSystem(fields, family, prompt);
        var turns = ConverseTurns.Read(fields, family, prompt, tools.Given);
        var settings = ConverseSettings.Read(fields, family, tools);
        if (family.Claude is { Prefill: false } && turns.EndsWithAssistant)
        {
            fields.Fail(BedrockWording.OfModel("This model does not support assistant message prefill. The conversation must end with a user message."));
        }

        if (prompt.TooManyBreakpoints)
        {
            fields.Fail(BedrockWording.OfModel($"A maximum of 4 blocks with cache_control may be provided. Found {prompt.Breakpoints}."));
        }

        return new ConverseRequest
        {
            Model = model,
            Prompt = prompt,
            MoreFields = fields.Texts("additionalModelResponseFieldPaths"),
            Question = new Question
            {
                Prompt = turns.LastUserText,
                Tools = tools.Tools,
                // After the results of tools a model speaks; calling again would never end.
                Demand = tools.Demand == ToolDemand.WhenNamedInPrompt && turns.EndsWithToolResult ? ToolDemand.None : tools.Demand,
                ToolName = tools.Name,
                ParallelTools = tools.Parallel && settings.ParallelTools,
                Format = settings.Schema is null ? ReplyFormat.Text : ReplyFormat.JsonSchema,
                Schema = settings.Schema,
                MaxTokens = settings.MaxTokens,
                Stop = settings.Stop,
                ThinkingTokens = settings.ThinkingTokens,
            },
        };
    }

    private static void ReadSystem(Fields fields, BedrockFamily family, PromptPrefix prompt)
    {
        foreach (var block in fields.Objects("system"))
        {
            block.Allow("text", "cachePoint", "guardContent");
            prompt.Add(block.Json);
            if (block.Object("cachePoint") is { } point)
            {
                CachePoint.Read(point, family, prompt);
            }
            else if (block.NeedText("text") is { } text)
            {
                prompt.AddTokens(TokenEstimate.Of(text));
                if (string.IsNullOrWhiteSpace(text))
                {
                    block.Fail("The text field in the SystemContentBlock object is blank. Add text to the text field, and try again.");
                }
            }
        }
    }
}

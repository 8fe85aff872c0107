using System.Text.Json;
using Gateflow.Simulator.Answers;
using Gateflow.Simulator.Requests;

namespace Gateflow.Simulator.Gemini;

/// <summary>Content as asked for, checked.</summary>
internal sealed record GenerateRequest
{
    private static readonly string[] Known =
    [
        "cachedContent", "contents", "generationConfig", "model", "safetySettings", "serviceTier", "store", "systemInstruction", "toolConfig", "tools",
    ];

    private static readonly string[] AtVertex = [.. Known, "labels", "modelArmorConfig"];

    public required string Model { get; init; }

    public required Question Question { get; init; }

    /// <summary>Of contents, system instruction and tools, estimated.</summary>
    public required int PromptTokens { get; init; }

    public required int Candidates { get; init; }

    public required bool ShowThoughts { get; init; }

    /// <summary>Calls carry ids and signatures.</summary>
    public required bool Signatures { get; init; }

    /// <summary>What the provider's prompt cache goes by.</summary>
    public required string RawContents { get; init; }

    /// <summary>Exactly one of the two is null.</summary>
    public static (GenerateRequest? Request, GeminiError? Fault) Read(JsonElement json, string model, bool vertex)
    {
        var finding = new Finding();
        var request = Read(new Fields(json, "", GeminiWording.Instance, finding), model, vertex);
        return finding.Message switch
        {
            null => (request, null),
            var fault when fault.StartsWith("Invalid ", StringComparison.Ordinal) => (null, GeminiError.InvalidPayload(fault)),
            var fault => (null, GeminiError.Invalid(fault)),
        };
    }

    private static GenerateRequest Read(Fields fields, string model, bool vertex)
    {
        var family = GeminiFamily.Of(model);
        fields.Allow(vertex ? AtVertex : Known);
        foreach (var setting in fields.Objects("safetySettings"))
        {
            setting.Allow("category", "method", "threshold");
            setting.NeedText("category");
            setting.NeedText("threshold");
        }

        var tools = FunctionTools.Read(fields, vertex);
        var contents = Contents.Read(fields, family.Signatures);
        var config = GenerationConfig.Read(fields, model, family, vertex, tools.Tokens > 0);
        return new GenerateRequest
        {
            Model = model,
            PromptTokens = contents.Tokens + tools.Tokens,
            Candidates = config.Candidates,
            ShowThoughts = config.ShowThoughts,
            Signatures = family.Signatures,
            RawContents = (fields.Get("systemInstruction")?.GetRawText() ?? "") + (fields.Get("contents")?.GetRawText() ?? ""),
            Question = new Question
            {
                Prompt = contents.LastUserText,
                Tools = tools.Tools,
                // After the results of tools a model speaks; calling again would never end.
                Demand = tools.Demand == ToolDemand.WhenNamedInPrompt && contents.EndsWithToolResult ? ToolDemand.None : tools.Demand,
                Format = config.Format,
                Schema = config.Schema,
                MaxTokens = config.MaxTokens,
                Stop = config.Stop,
                ThinkingTokens = config.ThinkingTokens,
            },
        };
    }
}

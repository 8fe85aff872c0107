using System.Text.Json;
using Gateflow.Simulator.Anthropic;
using Gateflow.Simulator.Answers;
using Gateflow.Simulator.Requests;

namespace Gateflow.Simulator.Bedrock;

/// <summary>Everything of a request that is neither conversation nor tools.</summary>
/// <param name="MaxTokens">Longest answer; null: as long as the model can.</param>
/// <param name="Stop">Texts that end it.</param>
/// <param name="Schema">That the text must be valid against; null for none.</param>
/// <param name="ThinkingTokens">Longest thought; 0: none.</param>
/// <param name="ParallelTools">False when the model is told in its own words to call one tool at a time.</param>
internal sealed record ConverseSettings(int? MaxTokens, IReadOnlyList<string> Stop, JsonElement? Schema, int ThinkingTokens, bool ParallelTools)
{
    private const int DefaultOfClaude = 4096;
    private static readonly string[] Efforts = ["low", "medium", "high", "xhigh", "max"];
    private static readonly string[] NotBesideHighEffort = ["maxTokens", "temperature", "topP"];

    public static ConverseSettings Read(Fields request, BedrockFamily family, ConverseTools tools)
    {
        var inference = request.Object("inferenceConfig");
        inference?.Allow("maxTokens", "temperature", "topP", "stopSequences");
        var most = inference?.Integer("maxTokens", 1, int.MaxValue) ?? (family.Claude is null ? null : DefaultOfClaude);
        if (most > family.Claude?.MaxOutput)
        {
            request.Fail($"The maximum tokens you requested exceeds the model limit of {family.Claude.MaxOutput}. Try again with a maximum tokens value that is lower than {family.Claude.MaxOutput}.");
        }

        var stops = inference?.Texts("stopSequences") ?? [];
        if (family.Claude is not null && stops.Any(string.IsNullOrWhiteSpace))
        {
            request.Fail(BedrockWording.OfModel("stop_sequences: each stop sequence must contain non-whitespace"));
        }

        request.Object("serviceTier")?.OneOf("type", "default", "flex", "priority", "reserved");
        CheckMetadata(request);
        CheckPointers(request);
        var output = request.Object("outputConfig");
        output?.Allow("textFormat");
        var additional = request.Object("additionalModelRequestFields");
        var thinking = Thinking(additional, family, inference, most);
        CheckSampling(inference, additional, family, thinking > 0, tools);
        return new ConverseSettings(
            most, stops, SchemaOf(output, family), thinking, !(additional?.Object("tool_choice")?.Flag("disable_parallel_tool_use") ?? false));
    }

    private static int Thinking(Fields? additional, BedrockFamily family, Fields? inference, int? maxTokens)
    {
        if (additional is null)
        {
            return 0;
        }

        if (family.Claude is { } claude)
        {
            additional.Allow("thinking", "top_k", "tool_choice", "anthropic_beta", "output_config");
            additional.Object("output_config")?.OneOf("effort", Efforts);
            return MessageThinking.Read(additional, claude, maxTokens).Tokens;
        }

        if (family.IsNova)
        {
            additional.Allow("inferenceConfig", "reasoningConfig");
            additional.Object("inferenceConfig")?.Allow("topK");
            return additional.Object("reasoningConfig") is { } config ? ThinkingOfNova(config, family, inference) : 0;
        }

        additional.Allow(family.IsGptOss ? ["reasoning_effort"] : []);
        return Effort.Tokens(additional.OneOf("reasoning_effort", "low", "medium", "high") ?? "none");
    }

    private static int ThinkingOfNova(Fields config, BedrockFamily family, Fields? inference)
    {
        if (!family.IsNova2)
        {
            config.Fail(BedrockWording.OfModel("Malformed input request: the provided reasoning config value is invalid, please reformat your input and try again."));
        }

        config.Allow("type", "maxReasoningEffort");
        config.OneOf("type", "enabled", "disabled");
        var effort = config.OneOf("maxReasoningEffort", "low", "medium", "high");
        if (config.Text("type") != "enabled")
        {
            return 0;
        }

        if (effort == "high" && NotBesideHighEffort.FirstOrDefault(name => inference?.Has(name) == true) is { } given)
        {
            config.Fail(BedrockWording.OfModel($"`{given}` may not be set when maxReasoningEffort is high."));
        }

        return Effort.Tokens(effort);
    }

    private static void CheckSampling(Fields? inference, Fields? additional, BedrockFamily family, bool thinks, ConverseTools tools)
    {
        var temperature = inference?.Number("temperature", 0, 1);
        var topP = inference?.Number("topP", 0, 1);
        var topK = additional?.Integer("top_k", 0, 500);
        if (family.Claude is not { } claude)
        {
            return;
        }

        var first = temperature is not null ? "temperature" : topP is not null ? "top_p" : topK is not null ? "top_k" : null;
        if (!claude.Sampling && first is not null)
        {
            inference?.Fail(BedrockWording.OfModel($"`{first}` is not supported for this model."));
        }

        if (!claude.SamplingTogether && temperature is not null && topP is not null)
        {
            inference?.Fail(BedrockWording.OfModel("`temperature` and `top_p` cannot both be specified for this model. Please use only one."));
        }

        if (thinks && (first is not null || tools.Forced))
        {
            additional?.Fail(BedrockWording.OfModel(first is null
                ? "Thinking may not be enabled when tool_choice forces tool use."
                : $"`{first}` may not be set when thinking is enabled."));
        }
    }

    private static JsonElement? SchemaOf(Fields? output, BedrockFamily family)
    {
        if (output?.Object("textFormat") is not { } format)
        {
            return null;
        }

        format.Allow("type", "structure");
        format.Need("type");
        format.OneOf("type", "json_schema");
        if (family.Claude is { Structured: false })
        {
            format.Fail(BedrockWording.OfModel("output_config.format: Structured outputs are not supported for this model."));
        }

        var definition = format.NeedObject("structure")?.NeedObject("jsonSchema");
        definition?.Allow("schema", "name", "description");
        if (definition?.NeedText("schema") is not { } text)
        {
            return null;
        }

        if (JsonBody.Parse(System.Text.Encoding.UTF8.GetBytes(text)) is not { ValueKind: JsonValueKind.Object } schema)
        {
            definition.Fail("The schema in outputConfig.textFormat is no JSON object.");
            return null;
        }

        if (StrictSchema.OpenObject(schema) is { } path)
        {
            definition.Fail(BedrockWording.OfModel($"output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false{(path.Length == 0 ? "" : $" (at {path})")}"));
        }

        return schema;
    }

    private static void CheckMetadata(Fields request)
    {
        if (request.Object("requestMetadata") is not { } metadata)
        {
            return;
        }

        foreach (var pair in metadata.Json.EnumerateObject())
        {
            if (metadata.Text(pair.Name) is not { Length: <= 256 })
            {
                metadata.Fail($"The value of '{metadata.PathOf(pair.Name)}' must have a length of at most 256.");
            }
        }
    }

    private static void CheckPointers(Fields request)
    {
        if (request.Texts("additionalModelResponseFieldPaths").FirstOrDefault(pointer => !pointer.StartsWith('/')) is { } wrong)
        {
            request.Fail($"'{wrong}' in additionalModelResponseFieldPaths is no JSON pointer.");
        }
    }
}

using System.Text.Json;
using Gateflow.Simulator.Answers;
using Gateflow.Simulator.Requests;

namespace Gateflow.Simulator.Gemini;

/// <param name="Format">Of the answer.</param>
/// <param name="Schema">That it must satisfy.</param>
/// <param name="MaxTokens">Thought and answer; null: no limit.</param>
/// <param name="Stop">Sequences that end the text.</param>
/// <param name="Candidates">How many answers.</param>
/// <param name="ThinkingTokens">Longest thought; 0: none.</param>
/// <param name="ShowThoughts">Whether the thought is in the answer.</param>
internal sealed record GenerationConfig(
    ReplyFormat Format, JsonElement? Schema, int? MaxTokens, IReadOnlyList<string> Stop, int Candidates, int ThinkingTokens, bool ShowThoughts)
{
    private const int MostStops = 5;

    private static readonly GenerationConfig Standard = new(ReplyFormat.Text, null, null, [], 1, 0, false);

    private static readonly string[] Known =
    [
        "candidateCount", "enableEnhancedCivicAnswers", "frequencyPenalty", "imageConfig", "logprobs", "maxOutputTokens", "mediaResolution",
        "presencePenalty", "responseJsonSchema", "responseLogprobs", "responseMimeType", "responseModalities", "responseSchema", "seed",
        "speechConfig", "stopSequences", "temperature", "thinkingConfig", "topK", "topP",
    ];

    private static readonly string[] AtVertex = [.. Known, "audioTimestamp", "modelConfig", "routingConfig"];

    public static GenerationConfig Read(Fields request, string model, GeminiFamily family, bool vertex, bool hasTools)
    {
        if (request.Object("generationConfig") is not { } config)
        {
            return Standard;
        }

        config.Allow(vertex ? AtVertex : Known);
        config.Number("temperature", 0, 2);
        config.Number("topP", 0, 1);
        config.Number("topK", 1, int.MaxValue);
        config.Integer("seed", int.MinValue, int.MaxValue);
        config.Flag("responseLogprobs");
        config.Integer("logprobs", 0, 20);
        config.Texts("responseModalities");
        var penalised = config.Number("presencePenalty", -2, 2) is not null | config.Number("frequencyPenalty", -2, 2) is not null;
        if (penalised && !family.Penalties && !vertex)
        {
            config.Fail($"Penalty is not enabled for models/{model}");
        }

        var (format, schema) = FormatOf(config, family, vertex, hasTools);
        var (thinking, shown) = GeminiThinking.Read(config, family);
        return new GenerationConfig(
            format,
            schema,
            config.Integer("maxOutputTokens", 1, int.MaxValue),
            Stops(config),
            config.Integer("candidateCount", 1, 8) ?? 1,
            thinking,
            shown);
    }

    private static IReadOnlyList<string> Stops(Fields config)
    {
        var stops = config.Texts("stopSequences");
        if (stops.Count > MostStops)
        {
            config.Fail($"* GenerateContentRequest.generation_config.stop_sequences: the number of stop sequences must be at most {MostStops}");
        }

        return [.. stops.Where(stop => stop.Length > 0)];
    }

    private static (ReplyFormat Format, JsonElement? Schema) FormatOf(Fields config, GeminiFamily family, bool vertex, bool hasTools)
    {
        var type = config.Text("responseMimeType") ?? "text/plain";
        if (type is not ("text/plain" or "application/json" or "text/x.enum"))
        {
            config.Fail($"* GenerateContentRequest.generation_config.response_mime_type: allowed mimetypes are `text/plain`, `application/json`, `application/xml`, `application/yaml` and `text/x.enum`.");
        }

        var schema = config.Object("responseSchema");
        if (schema is not null)
        {
            GeminiSchema.Check(schema, vertex);
        }

        var plain = config.Object("responseJsonSchema")?.Json;
        if (schema is not null && plain is not null)
        {
            config.Fail("* GenerateContentRequest.generation_config: response_schema and response_json_schema cannot both be set");
        }

        if ((schema is not null || plain is not null) && type == "text/plain")
        {
            config.Fail("* GenerateContentRequest.generation_config.response_mime_type: Response schema with response mime type: 'text/plain' is unsupported");
        }

        if (type == "application/json" && hasTools && !family.JsonWithTools)
        {
            config.Fail("Function calling with a response mime type: 'application/json' is unsupported");
        }

        return !config.Ok || type == "text/plain" ? (ReplyFormat.Text, null)
            : schema is not null ? (ReplyFormat.JsonSchema, GeminiSchema.Plain(schema.Json))
            : plain is not null ? (ReplyFormat.JsonSchema, plain)
            : (ReplyFormat.JsonObject, null);
    }
}

using System.Globalization;
using System.Text.Json.Nodes;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.Gemini;

/// <summary>Writes <c>generationConfig</c>, but for thinking and the form of the answer.</summary>
internal static class GenerationConfigWriter
{
    private const int MostStops = 5, MostCandidates = 8;

    public static JsonObject Write(ModelRequest request, ShimNotes notes)
    {
        var config = new JsonObject();
        config.Set("maxOutputTokens", request.MaxTokens);
        config.Set("temperature", request.Temperature);
        config.Set("topP", request.TopP);
        config.Set("topK", request.TopK);
        config.Set("presencePenalty", request.PresencePenalty);
        config.Set("frequencyPenalty", request.FrequencyPenalty);
        config.Set("seed", SeedOf(request.Seed, notes));
        WriteStops(config, request.Stop);
        WriteCandidates(config, request);
        return config;
    }

    /// <summary>Google's seeds have 32 bits.</summary>
    private static int? SeedOf(long? seed, ShimNotes notes)
    {
        if (seed is not { } given || given is >= int.MinValue and <= int.MaxValue)
        {
            return (int?)seed;
        }

        var folded = unchecked((int)(given ^ (given >> 32)));
        notes.Mapped("seed", folded.ToString(CultureInfo.InvariantCulture));
        return folded;
    }

    private static void WriteStops(JsonObject config, IReadOnlyList<string> stops)
    {
        if (stops.Count > MostStops)
        {
            throw NotCarriedException.Unsupported("stop", $"takes at most {MostStops} stop sequences");
        }

        if (stops.Count > 0)
        {
            config["stopSequences"] = new JsonArray([.. stops.Select(static stop => JsonValue.Create(stop))]);
        }
    }

    private static void WriteCandidates(JsonObject config, ModelRequest request)
    {
        if (request.Choices > MostCandidates)
        {
            throw NotCarriedException.Unsupported("n", $"gives at most {MostCandidates} answers");
        }

        if (request.LogitBias is { } bias && bias.EnumerateObject().Any())
        {
            throw NotCarriedException.Unsupported("logit_bias", "has no bias of tokens");
        }

        config.Set("candidateCount", request.Choices > 1 ? request.Choices : null);
        config.Set("responseLogprobs", request.Logprobs ? true : default(bool?));
        config.Set("logprobs", request.Logprobs ? request.TopLogprobs : null);
    }
}

using System.Text.Json.Nodes;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.Bedrock;

/// <summary>Writes <c>inferenceConfig</c>: how long answers are and how they are sampled.</summary>
internal static class ConverseInference
{
    private const double HottestTemperature = 1;

    /// <param name="samplesItself">Whether the model, because it thinks, takes no word on how it samples.</param>
    /// <param name="additional">Gets what the protocol has no word for, but the model has.</param>
    public static JsonObject Write(ModelRequest request, BedrockFamily family, bool samplesItself, JsonObject additional, ShimNotes notes)
    {
        var json = new JsonObject();
        json.Set("maxTokens", request.MaxTokens);
        WriteStop(json, request.Stop, family, notes);
        if (samplesItself)
        {
            Drop("temperature", request.Temperature, family, notes);
            Drop("top_p", request.TopP, family, notes);
            Drop("top_k", request.TopK, family, notes);
            return json;
        }

        if (request.Temperature > HottestTemperature)
        {
            notes.Clamped("temperature", "1");
        }

        json.Set("temperature", request.Temperature is { } temperature ? Math.Min(temperature, HottestTemperature) : null);
        json.Set("topP", request.TopP);
        if (request.TopK is { } topK)
        {
            WriteTopK(topK, family, additional, notes);
        }

        return json;
    }

    /// <summary>Claude takes none of white space alone.</summary>
    private static void WriteStop(JsonObject json, IReadOnlyList<string> stops, BedrockFamily family, ShimNotes notes)
    {
        var taken = family.IsClaude ? stops.Where(static text => !string.IsNullOrWhiteSpace(text)).ToList() : stops;
        if (taken.Count < stops.Count)
        {
            notes.Dropped("stop");
        }

        if (taken.Count > 0)
        {
            json["stopSequences"] = new JsonArray([.. taken.Select(static text => JsonValue.Create(text))]);
        }
    }

    private static void WriteTopK(int topK, BedrockFamily family, JsonObject additional, ShimNotes notes)
    {
        if (family.IsClaude)
        {
            additional["top_k"] = topK;
        }
        else if (family.IsNova)
        {
            additional["inferenceConfig"] = new JsonObject { ["topK"] = topK };
        }
        else
        {
            notes.Dropped("top_k");
        }
    }

    /// <summary>To Claude, one says the same as none.</summary>
    private static void Drop(string param, double? value, BedrockFamily family, ShimNotes notes)
    {
        if (value is { } given && !(family.IsClaude && given == 1))
        {
            notes.Dropped(param);
        }
    }
}

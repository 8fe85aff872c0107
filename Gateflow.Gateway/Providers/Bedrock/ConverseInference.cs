using System.Globalization;
using System.Text.Json.Nodes;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.Bedrock;

/// <summary>Writes <c>inferenceConfig</c>: how long answers are and how they are sampled.</summary>
internal static class ConverseInference
{
    private const string MaxTokens = "max_tokens";

    private const double HottestTemperature = 1;

    /// <summary>What Converse gives to Claude where nothing is said.</summary>
    private const int UsualMaxTokens = 4096;

    /// <summary>Enough for any answer without thoughts: what callers without a limit are used to, and no more, because Bedrock sets it aside from the account's quota.</summary>
    private const int LongAnswer = 16_384;

    /// <summary>The request with a limit for Claude where the caller sets none, since Converse would end the answer early: a long answer, or with thoughts the longest that it can give.</summary>
    /// <param name="longest">Tokens that it can give; null when not known.</param>
    public static ModelRequest Limit(ModelRequest request, BedrockFamily family, int? longest, ShimNotes notes)
    {
        if (!family.IsClaude || request.MaxTokens is not null || longest is not { } known)
        {
            return request;
        }

        var most = request.Reasoning is { Enabled: true } ? known : Math.Min(known, LongAnswer);
        notes.Defaulted(MaxTokens, most.ToString(CultureInfo.InvariantCulture));
        return request with { MaxTokens = most };
    }

    /// <param name="samplesItself">Whether the model, because it thinks, takes no word on how it samples.</param>
    /// <param name="additional">Holds the thoughts that are asked for; gets what the protocol has no word for, but the model has.</param>
    public static JsonObject Write(ModelRequest request, BedrockFamily family, bool samplesItself, JsonObject additional, ShimNotes notes)
    {
        var json = new JsonObject();
        json.Set("maxTokens", request.MaxTokens ?? BesideThoughts(additional, notes));
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

    /// <summary>Claude refuses a budget that is not under the limit; null where there is none.</summary>
    private static int? BesideThoughts(JsonObject additional, ShimNotes notes)
    {
        if ((int?)additional["thinking"]?["budget_tokens"] is not { } budget)
        {
            return null;
        }

        var most = budget + UsualMaxTokens;
        notes.Defaulted(MaxTokens, most.ToString(CultureInfo.InvariantCulture));
        return most;
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

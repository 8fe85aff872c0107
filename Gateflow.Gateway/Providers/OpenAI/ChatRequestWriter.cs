using System.Text.Json.Nodes;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.OpenAI;

/// <summary>
/// Writes a request as a chat completion in the protocol's plain form. What single families of models take differently is not its matter.
/// </summary>
internal static class ChatRequestWriter
{
    /// <summary>OpenAI and Azure refuse more stop sequences.</summary>
    private const int MostStops = 4;

    /// <exception cref="NotCarriedException">The protocol has no word for a part that answers depend on.</exception>
    public static JsonObject Write(ModelRequest request, ModelEndpoint endpoint, ShimNotes notes)
    {
        var json = new JsonObject
        {
            ["model"] = endpoint.UpstreamModel,
            ["messages"] = new ChatMessageWriter(endpoint.Provider.Type, notes).Write(request.Messages),
        };
        if (request.Stream)
        {
            json["stream"] = true;
            if (endpoint.Provider.StreamOptions)
            {
                json["stream_options"] = new JsonObject { ["include_usage"] = true };
            }
        }

        WriteSampling(json, request, endpoint, notes);
        ChatToolWriter.Write(json, request, notes);
        ChatSettingsWriter.Write(json, request, endpoint, notes);
        ChatOthersWriter.Write(json, request.Others, notes);
        OpenAICommon.ShortenUser(json, endpoint.Provider.Type, notes);
        return json;
    }

    private static void WriteSampling(JsonObject json, ModelRequest request, ModelEndpoint endpoint, ShimNotes notes)
    {
        var isOpenAI = endpoint.Provider.Type is ProviderType.OpenAI or ProviderType.AzureOpenAI;
        if (OpenAICommon.MaxTokens(request, endpoint, notes) is { } most)
        {
            json[isOpenAI ? "max_completion_tokens" : "max_tokens"] = most; // compatible servers know the older name only
        }

        json.Set("temperature", request.Temperature);
        json.Set("top_p", request.TopP);
        json.Set("n", request.Choices);
        json.Set("seed", request.Seed);
        json.Set("presence_penalty", request.PresencePenalty);
        json.Set("frequency_penalty", request.FrequencyPenalty);
        json.Set("logit_bias", request.LogitBias);
        json.Set("logprobs", request.Logprobs ? true : default(bool?));
        json.Set("top_logprobs", request.TopLogprobs);
        if (isOpenAI && request.Stop.Count > MostStops)
        {
            throw NotCarriedException.Unsupported("stop", $"takes at most {MostStops} stop sequences");
        }

        if (request.Stop.Count > 0)
        {
            json["stop"] = request.Stop.Count == 1 ? request.Stop[0] : new JsonArray([.. request.Stop.Select(text => JsonValue.Create(text))]);
        }

        if (request.TopK is not null)
        {
            notes.Dropped("top_k");
        }
    }
}

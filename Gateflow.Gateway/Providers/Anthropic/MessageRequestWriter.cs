using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Schemas;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.Anthropic;

/// <summary>Writes a request of the Messages API in the protocol's plain form. What single families of models refuse is not its matter.</summary>
internal static class MessageRequestWriter
{
    private const string MaxTokens = "max_tokens";

    private const double HottestTemperature = 1;

    /// <summary>For a model whose longest answer is not known: every model's.</summary>
    private const int DefaultMaxTokens = 4096;

    private static readonly ConditionalWeakTable<ModelEndpoint, ClaudeModel> Models = [];

    /// <exception cref="NotCarriedException">The protocol has no word for a part that answers depend on.</exception>
    public static JsonObject Write(ModelRequest request, ModelEndpoint endpoint, ShimNotes notes)
    {
        Refuse(request);
        var model = Models.GetValue(endpoint, static e => ClaudeModel.Of(e));
        request = Limit(request, model, notes);
        var json = new JsonObject { ["model"] = endpoint.UpstreamModel };
        var thinks = MessageThinkingWriter.Write(json, request, model, notes);
        WriteMaxTokens(json, request, notes);
        if (request.Stream)
        {
            json["stream"] = true;
        }

        var budget = new EnforcementBudget();
        var instruction = MessageFormatWriter.Write(json, request.Format, model, budget, notes);
        var turns = new MessageTurnWriter(notes);
        turns.Write(request.Messages);
        turns.Instruct(instruction);
        json.Set("system", turns.System.Count > 0 ? turns.System : null);
        json["messages"] = turns.Messages;
        WriteSampling(json, request, thinks, notes);
        WriteStop(json, request.Stop, notes);
        MessageToolWriter.Write(json, request, model, budget, notes);
        MessageSettingsWriter.Write(json, request, notes);
        return json;
    }

    private static void Refuse(ModelRequest request)
    {
        if (request.Choices > 1)
        {
            throw NotCarriedException.Unsupported("n", "has one answer only");
        }

        if (request.Logprobs || request.TopLogprobs > 0)
        {
            throw NotCarriedException.Unsupported("logprobs", "has no log probabilities");
        }
    }

    /// <summary>With what the model is known to answer at most, where the caller sets no limit or one above; thoughts must fit into it, too.</summary>
    private static ModelRequest Limit(ModelRequest request, ClaudeModel model, ShimNotes notes)
    {
        if (model.MaxOutput is not { } cap || request.MaxTokens <= cap)
        {
            return request;
        }

        var value = cap.ToString(CultureInfo.InvariantCulture);
        if (request.MaxTokens is null)
        {
            notes.Defaulted(MaxTokens, value);
        }
        else
        {
            notes.Clamped(MaxTokens, value);
        }

        return request with { MaxTokens = cap };
    }

    private static void WriteMaxTokens(JsonObject json, ModelRequest request, ShimNotes notes)
    {
        if (request.MaxTokens is not { } most)
        {
            most = ((int?)json["thinking"]?["budget_tokens"] ?? 0) + DefaultMaxTokens;
            notes.Defaulted(MaxTokens, most.ToString(CultureInfo.InvariantCulture));
        }

        json[MaxTokens] = most;
    }

    private static void WriteSampling(JsonObject json, ModelRequest request, bool thinks, ShimNotes notes)
    {
        if (thinks)
        {
            // Claude samples in its own way while it thinks.
            Drop("temperature", request.Temperature is not (null or HottestTemperature));
            Drop("top_p", request.TopP is not (null or 1));
            Drop("top_k", request.TopK is not null);
        }
        else
        {
            json.Set("temperature", request.Temperature is { } temperature ? Math.Min(temperature, HottestTemperature) : null);
            json.Set("top_p", request.TopP);
            json.Set("top_k", request.TopK);
            if (request.Temperature > HottestTemperature)
            {
                notes.Clamped("temperature", "1");
            }
        }

        Drop("seed", request.Seed is not null);
        Drop("presence_penalty", request.PresencePenalty is not (null or 0));
        Drop("frequency_penalty", request.FrequencyPenalty is not (null or 0));
        Drop("logit_bias", request.LogitBias is { ValueKind: JsonValueKind.Object } bias && bias.EnumerateObject().Any());

        void Drop(string param, bool given)
        {
            if (given)
            {
                notes.Dropped(param);
            }
        }
    }

    /// <summary>Texts of white space alone are refused there.</summary>
    private static void WriteStop(JsonObject json, IReadOnlyList<string> stop, ShimNotes notes)
    {
        var taken = stop.Where(static text => !string.IsNullOrWhiteSpace(text)).ToList();
        if (taken.Count < stop.Count)
        {
            notes.Dropped("stop");
        }

        if (taken.Count > 0)
        {
            json["stop_sequences"] = new JsonArray([.. taken.Select(static text => JsonValue.Create(text))]);
        }
    }
}

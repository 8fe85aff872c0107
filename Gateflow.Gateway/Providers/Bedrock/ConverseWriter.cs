using System.Text.Json.Nodes;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.Bedrock;

/// <summary>Writes a request of the Converse API; the model stands in the address, and so does whether a stream is wanted.</summary>
internal static class ConverseWriter
{
    /// <exception cref="NotCarriedException">The protocol has no word for a part that answers depend on.</exception>
    public static JsonObject Write(ModelRequest request, ModelEndpoint endpoint, ShimNotes notes)
    {
        var family = BedrockFamily.Of(endpoint);
        Refuse(request);
        request = ConverseInference.Limit(request, family, endpoint.Facts?.MaxOutputTokens, notes);
        var (tools, toolInstruction) = ConverseTools.Write(request, family, notes);
        var (format, formatInstruction) = ConverseFormat.Write(request.Format, family, notes);
        var messages = new ConverseMessages(family, notes);
        messages.Write(request.Messages);
        messages.Instruct(toolInstruction);
        messages.Instruct(formatInstruction);

        var json = new JsonObject { ["messages"] = messages.Messages };
        json.Set("system", NotEmpty(messages.System));
        var additional = new JsonObject();
        var samplesItself = ConverseThinking.Write(request, family, additional, notes);
        json.Set("inferenceConfig", NotEmpty(ConverseInference.Write(request, family, samplesItself, additional, notes)));
        json.Set("toolConfig", tools);
        json.Set("outputConfig", format is null ? null : new JsonObject { ["textFormat"] = format });
        WriteParallel(request, tools, family, additional, notes);
        json.Set("additionalModelRequestFields", NotEmpty(additional));
        if (family.IsClaude && request.Stop.Count > 0)
        {
            json["additionalModelResponseFieldPaths"] = new JsonArray("/stop_sequence", "/delta/stop_sequence"); // whole answers and streams
        }

        ConverseSettings.Write(json, request, notes);
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

    /// <summary>Converse cannot ask for one call at a time; Claude can, in its own words, which then stand for the choice as a whole.</summary>
    private static void WriteParallel(ModelRequest request, JsonObject? tools, BedrockFamily family, JsonObject additional, ShimNotes notes)
    {
        if (!(request.ParallelToolCalls is false || (request.LegacyFunctions && family.IsClaude)) || tools is null)
        {
            return;
        }

        if (!family.IsClaude)
        {
            notes.Dropped("parallel_tool_calls");
            return;
        }

        tools.Remove("toolChoice");
        var choice = new JsonObject
        {
            ["type"] = request.ToolChoice?.Kind switch { ToolChoiceKind.Required => "any", ToolChoiceKind.Named => "tool", _ => "auto" },
            ["disable_parallel_tool_use"] = true,
        };
        choice.Set("name", request.ToolChoice?.Name);
        additional["tool_choice"] = choice;
    }

    private static JsonObject? NotEmpty(JsonObject json) => json.Count > 0 ? json : null;

    private static JsonArray? NotEmpty(JsonArray json) => json.Count > 0 ? json : null;
}

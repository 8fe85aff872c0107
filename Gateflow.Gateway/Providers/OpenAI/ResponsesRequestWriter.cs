using System.Text.Json.Nodes;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Schemas;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.OpenAI;

/// <summary>
/// Writes a request for the Responses API. It stores answers and is strict about tools unless told otherwise; chat and messages are neither, so both
/// are said.
/// </summary>
internal static class ResponsesRequestWriter
{
    /// <summary>The API takes no smaller limit.</summary>
    private const int LeastOutputTokens = 16;

    /// <exception cref="NotCarriedException">The protocol has no word for a part that answers depend on.</exception>
    public static JsonObject Write(ModelRequest request, ModelEndpoint endpoint, ShimNotes notes)
    {
        var json = new JsonObject
        {
            ["model"] = endpoint.UpstreamModel,
            ["input"] = new ResponsesItemWriter(notes).Write(request.Messages),
            ["store"] = false,
        };
        if (request.Stream)
        {
            json["stream"] = true;
        }

        WriteSampling(json, request, endpoint, notes);
        WriteTools(json, request, notes);
        WriteSettings(json, request, endpoint, notes);
        ResponsesOthersWriter.Write(json, request.Others, notes);
        OpenAICommon.ShortenUser(json, endpoint.Provider.Type, notes);
        return json;
    }

    private static void WriteSampling(JsonObject json, ModelRequest request, ModelEndpoint endpoint, ShimNotes notes)
    {
        if (OpenAICommon.MaxTokens(request, endpoint, notes) is { } most)
        {
            json["max_output_tokens"] = Math.Max(most, LeastOutputTokens);
            if (most < LeastOutputTokens)
            {
                notes.Clamped("max_tokens", "16");
            }
        }

        json.Set("temperature", request.Temperature);
        json.Set("top_p", request.TopP);
        if (request.Logprobs)
        {
            json["include"] = new JsonArray("message.output_text.logprobs");
            json.Set("top_logprobs", request.TopLogprobs);
        }

        Refuse("stop", request.Stop.Count > 0, "has no stop sequences");
        Refuse("n", request.Choices > 1, "gives one answer only");
        Refuse("logit_bias", request.LogitBias is not null, "has no bias of tokens");
        Drop("top_k", request.TopK is not null);
        Drop("seed", request.Seed is not null);
        Drop("presence_penalty", request.PresencePenalty is not (null or 0));
        Drop("frequency_penalty", request.FrequencyPenalty is not (null or 0));

        void Drop(string name, bool given)
        {
            if (given)
            {
                notes.Dropped(name);
            }
        }
    }

    private static void Refuse(string name, bool given, string what)
    {
        if (given)
        {
            throw NotCarriedException.Unsupported(name, what);
        }
    }

    private static void WriteTools(JsonObject json, ModelRequest request, ShimNotes notes)
    {
        if (request.Tools.Count == 0)
        {
            return;
        }

        json["tools"] = new JsonArray([.. request.Tools.Select(tool => WriteTool(tool, notes))]);
        json.Set("parallel_tool_calls", request.ParallelToolCalls);
        json.Set("tool_choice", request.ToolChoice is not { } choice ? null : choice.Kind switch
        {
            ToolChoiceKind.None => "none",
            ToolChoiceKind.Required => "required",
            ToolChoiceKind.Named => new JsonObject { ["type"] = "function", ["name"] = choice.Name },
            _ => (JsonNode)"auto",
        });
    }

    private static JsonObject WriteTool(Tool tool, ShimNotes notes)
    {
        var json = new JsonObject { ["type"] = "function", ["name"] = tool.Name };
        json.Set("description", tool.Description);
        json["parameters"] = tool.Parameters is { } schema ? ToolSchema.WithProperties(schema) : new JsonObject { ["type"] = "object", ["properties"] = new JsonObject() };
        json["strict"] = OpenAICommon.Strict(tool, notes) ?? false;
        return json;
    }

    private static void WriteSettings(JsonObject json, ModelRequest request, ModelEndpoint endpoint, ShimNotes notes)
    {
        var text = new JsonObject();
        text.Set("format", request.Format is { } format ? WriteFormat(format) : null);
        text.Set("verbosity", request.Verbosity);
        json.Set("text", text.Count > 0 ? text : null);
        if (request.Reasoning is { } reasoning)
        {
            var thinking = new JsonObject();
            thinking.Set("effort", OpenAIEffort.Of(reasoning, endpoint, notes));
            thinking.Set("summary", reasoning.Summary);
            json.Set("reasoning", thinking.Count > 0 ? thinking : null);
        }

        json.Set("metadata", request.Metadata);
        OpenAICommon.Write(json, request, notes);
    }

    private static JsonObject WriteFormat(ResponseFormat format)
    {
        if (format.Kind != FormatKind.Schema)
        {
            return new JsonObject { ["type"] = format.Kind == FormatKind.Json ? "json_object" : "text" };
        }

        var json = new JsonObject { ["type"] = "json_schema", ["name"] = format.Name ?? "answer" };
        json.Set("description", format.Description);
        json.Set("schema", format.Schema);
        json["strict"] = format.Strict ?? false;
        return json;
    }
}

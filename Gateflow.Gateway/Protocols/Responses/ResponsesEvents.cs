using System.Text.Json;
using Gateflow.Gateway.Envelopes;

namespace Gateflow.Gateway.Protocols.Responses;

/// <summary>Writes the events of a stream, numbered from 0.</summary>
internal sealed class ResponsesEvents
{
    /// <summary>How many have been written, which is the next one's number.</summary>
    public int Count { get; private set; }

    /// <summary><c>response.created</c>, <c>response.completed</c> and their like: the whole response.</summary>
    public void Whole(PooledBody output, string name, ResponsesAnswer answer, bool ended)
    {
        using var json = Begin(output, name);
        json.WritePropertyName("response"u8);
        answer.Write(json, ended);
        End(json, output);
    }

    /// <summary><c>response.output_item.added</c> and <c>.done</c>.</summary>
    public void Item(PooledBody output, string name, ResponsesItem item)
    {
        using var json = Begin(output, name);
        json.WriteNumber("output_index"u8, item.Index);
        json.WritePropertyName("item"u8);
        item.Write(json);
        End(json, output);
    }

    /// <summary><c>response.content_part.added</c> and <c>.done</c>, and those of summaries.</summary>
    public void Part(PooledBody output, ResponsesItem item, ResponsesPart part, string what)
    {
        using var json = Begin(output, $"response.{(part.Kind == ResponsesPartKind.Summary ? "reasoning_summary_part" : "content_part")}.{what}");
        Place(json, item, part);
        json.WritePropertyName("part"u8);
        part.Write(json);
        End(json, output);
    }

    /// <summary>The next piece of a part's text.</summary>
    public void Delta(PooledBody output, ResponsesItem item, ResponsesPart part, string text, IEnumerable<JsonElement> logprobs)
    {
        using var json = Begin(output, part.Kind switch
        {
            ResponsesPartKind.Text => "response.output_text.delta",
            ResponsesPartKind.Refusal => "response.refusal.delta",
            _ => "response.reasoning_summary_text.delta",
        });
        Place(json, item, part);
        json.WriteString("delta"u8, text);
        if (part.Kind == ResponsesPartKind.Text)
        {
            ResponsesPart.WriteLogprobs(json, logprobs);
        }

        End(json, output);
    }

    /// <summary>A part's whole text.</summary>
    public void Done(PooledBody output, ResponsesItem item, ResponsesPart part)
    {
        using var json = Begin(output, part.Kind switch
        {
            ResponsesPartKind.Text => "response.output_text.done",
            ResponsesPartKind.Refusal => "response.refusal.done",
            _ => "response.reasoning_summary_text.done",
        });
        Place(json, item, part);
        json.WriteString(part.Kind == ResponsesPartKind.Refusal ? "refusal"u8 : "text"u8, part.Text.ToString());
        if (part.Kind == ResponsesPartKind.Text)
        {
            ResponsesPart.WriteLogprobs(json, part.Logprobs);
        }

        End(json, output);
    }

    /// <summary>The next piece of a call's arguments, or of its text.</summary>
    public void Arguments(PooledBody output, ResponsesItem call, string text)
    {
        using var json = Begin(output, $"response.{Said(call)}.delta");
        json.WriteString("item_id"u8, call.Id);
        json.WriteNumber("output_index"u8, call.Index);
        json.WriteString("delta"u8, text);
        End(json, output);
    }

    /// <summary>A call's whole arguments, or its text.</summary>
    public void ArgumentsDone(PooledBody output, ResponsesItem call)
    {
        using var json = Begin(output, $"response.{Said(call)}.done");
        json.WriteString("item_id"u8, call.Id);
        json.WriteNumber("output_index"u8, call.Index);
        if (call.Kind == ResponsesItemKind.FreeFormCall)
        {
            json.WriteString("input"u8, call.Input);
        }
        else
        {
            json.WriteString("name"u8, call.Call!.Name);
            json.WriteString("arguments"u8, call.Arguments.ToString());
        }

        End(json, output);
    }

    private static string Said(ResponsesItem call) => call.Kind == ResponsesItemKind.FreeFormCall ? "custom_tool_call_input" : "function_call_arguments";

    private static void Place(Utf8JsonWriter json, ResponsesItem item, ResponsesPart part)
    {
        json.WriteString("item_id"u8, item.Id);
        json.WriteNumber("output_index"u8, item.Index);
        json.WriteNumber(part.Kind == ResponsesPartKind.Summary ? "summary_index"u8 : "content_index"u8, part.Index);
    }

    private Utf8JsonWriter Begin(PooledBody output, string name)
    {
        output.Append("event: "u8);
        output.Advance(System.Text.Encoding.UTF8.GetBytes(name, output.GetSpan(name.Length)));
        output.Append("\ndata: "u8);
        var json = new Utf8JsonWriter(output, ResponsesAnswer.Options);
        json.WriteStartObject();
        json.WriteString("type"u8, name);
        json.WriteNumber("sequence_number"u8, Count++);
        return json;
    }

    private static void End(Utf8JsonWriter json, PooledBody output)
    {
        json.WriteEndObject();
        json.Flush();
        output.Append("\n\n"u8);
    }
}

using System.Text.Json;
using Gateflow.Simulator.Answers;
using Gateflow.Simulator.Faults;
using Gateflow.Simulator.Streaming;

namespace Gateflow.Simulator.OpenAI;

/// <summary>A response as the events of its stream, numbered.</summary>
internal sealed class ResponseEvents(Response response)
{
    private int _next;

    public StreamScript Script(Turn turn) => new(
        Events(),
        response.Items.Sum(item => item.Text.Length),
        Whole("response.failed", "failed", OpenAIError.Simulated(turn.Entry.Behaviour.ErrorStatus, response.Request.Model)));

    private IEnumerable<StreamEvent> Events()
    {
        yield return Whole("response.created", "in_progress");
        yield return Whole("response.in_progress", "in_progress");
        foreach (var (index, item) in response.Items.Index())
        {
            yield return Item("response.output_item.added", index, item, begun: true);
            foreach (var part in Parts(index, item))
            {
                yield return part;
            }

            yield return Item("response.output_item.done", index, item, begun: false);
        }

        yield return Whole("response." + response.Status, response.Status);
    }

    private IEnumerable<StreamEvent> Parts(int index, ResponseItem item)
    {
        var (part, text, place, field) = item.Type switch
        {
            "reasoning" => ("response.reasoning_summary_part", "response.reasoning_summary_text", "summary_index", "text"),
            "function_call" => (null, "response.function_call_arguments", null, "arguments"),
            _ => ("response.content_part", "response.output_text", "content_index", "text"),
        };
        if (item.Type == "reasoning" && item.Text.Length == 0)
        {
            yield break;
        }

        if (part is not null)
        {
            yield return Of(part + ".added", index, item, place, json => WritePart(json, item, ""));
        }

        for (var at = 0; at < item.Text.Length;)
        {
            var piece = Pieces.Next(item.Text.AsSpan(at)).ToString();
            at += piece.Length;
            yield return Of(text + ".delta", index, item, place, json => json.WriteString("delta", piece)) with { Characters = piece.Length };
        }

        yield return Of(text + ".done", index, item, place, json =>
        {
            json.WriteString(field, item.Text);
            if (item.Name is not null)
            {
                json.WriteString("name", item.Name);
            }
        });
        if (part is not null)
        {
            yield return Of(part + ".done", index, item, place, json => WritePart(json, item, item.Text));
        }
    }

    private static void WritePart(Utf8JsonWriter json, ResponseItem item, string text)
    {
        json.WritePropertyName("part");
        item.WritePart(json, text);
    }

    private StreamEvent Of(string name, int index, ResponseItem item, string? place, Action<Utf8JsonWriter> write) => Numbered(name, json =>
    {
        json.WriteString("item_id", item.Id);
        json.WriteNumber("output_index", index);
        if (place is not null)
        {
            json.WriteNumber(place, 0);
        }

        if (name.StartsWith("response.output_text.", StringComparison.Ordinal))
        {
            json.WriteStartArray("logprobs");
            json.WriteEndArray();
        }

        write(json);
    });

    private StreamEvent Item(string name, int index, ResponseItem item, bool begun) => Numbered(name, json =>
    {
        json.WriteNumber("output_index", index);
        json.WritePropertyName("item");
        item.Write(json, begun);
    });

    private StreamEvent Whole(string name, string status, OpenAIError? error = null) => Numbered(name, json =>
    {
        json.WritePropertyName("response");
        response.Write(json, status, error);
    });

    private StreamEvent Numbered(string name, Action<Utf8JsonWriter> write) => new(name, json =>
    {
        json.WriteString("type", name);
        json.WriteNumber("sequence_number", _next++);
        write(json);
    });
}

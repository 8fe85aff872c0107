using System.Text.Json;
using Gateflow.Simulator.Answers;

namespace Gateflow.Simulator.OpenAI;

/// <summary>One item of a response's output.</summary>
/// <param name="Type"><c>reasoning</c>, <c>message</c> or <c>function_call</c>.</param>
/// <param name="Text">The summary (empty: none), the text or the arguments.</param>
/// <param name="Name">Of the function.</param>
/// <param name="Complete">False: cut by the limit of tokens.</param>
/// <param name="Encrypted">What reasoning carries when it is asked for.</param>
internal sealed record ResponseItem(string Type, string Text, string? Name, bool Complete, string? Encrypted)
{
    public string Id { get; } = Prefix(Type) + Guid.NewGuid().ToString("N");

    public string CallId { get; } = ChatCompletion.NewCallId();

    public static List<ResponseItem> Of(Reply reply, ResponsesRequest request)
    {
        var items = new List<ResponseItem>();
        var whole = reply.End != ReplyEnd.Length;
        if (reply.Thought is { } thought)
        {
            var secret = request.Encrypted ? Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(StableHash.Of(thought))) : null;
            items.Add(new ResponseItem("reasoning", request.Summary ? thought : "", null, true, secret));
        }

        if (reply.ToolCalls.Count == 0 && (whole || reply.Text is { Length: > 0 }))
        {
            items.Add(new ResponseItem("message", reply.Text ?? "", null, whole, null));
        }

        items.AddRange(reply.ToolCalls.Select((call, index) =>
            new ResponseItem("function_call", call.Arguments, call.Name, whole || index < reply.ToolCalls.Count - 1, null)));
        return items;
    }

    public void Write(Utf8JsonWriter json, bool begun = false)
    {
        json.WriteStartObject();
        json.WriteString("id", Id);
        json.WriteString("type", Type);
        switch (Type)
        {
            case "reasoning":
                json.WriteStartArray("summary");
                if (!begun && Text.Length > 0)
                {
                    WritePart(json, Text);
                }

                json.WriteEndArray();
                if (Encrypted is not null)
                {
                    json.WriteString("encrypted_content", Encrypted);
                }

                break;
            case "function_call":
                WriteStatus(json, begun);
                json.WriteString("arguments", begun ? "" : Text);
                json.WriteString("call_id", CallId);
                json.WriteString("name", Name);
                break;
            default:
                WriteStatus(json, begun);
                json.WriteStartArray("content");
                if (!begun)
                {
                    WritePart(json, Text);
                }

                json.WriteEndArray();
                json.WriteString("role", "assistant");
                break;
        }

        json.WriteEndObject();
    }

    public void WritePart(Utf8JsonWriter json, string text)
    {
        json.WriteStartObject();
        json.WriteString("type", Type == "reasoning" ? "summary_text" : "output_text");
        if (Type == "message")
        {
            json.WriteStartArray("annotations");
            json.WriteEndArray();
            json.WriteStartArray("logprobs");
            json.WriteEndArray();
        }

        json.WriteString("text", text);
        json.WriteEndObject();
    }

    private void WriteStatus(Utf8JsonWriter json, bool begun) =>
        json.WriteString("status", begun ? "in_progress" : Complete ? "completed" : "incomplete");

    private static string Prefix(string type) => type switch { "reasoning" => "rs_", "function_call" => "fc_", _ => "msg_" };
}

using System.Text.Encodings.Web;
using System.Text.Json;
using Gateflow.Gateway.Providers;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Protocols.Responses;

/// <summary>The response object, as far as it has come. It repeats what was asked, as OpenAI's does; nothing is stored.</summary>
internal sealed class ResponsesAnswer(AnswerContext context)
{
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly string _unique = context.RequestId[(context.RequestId.IndexOf('_', StringComparison.Ordinal) + 1)..];

    public List<ResponsesItem> Items { get; } = [];

    public Counted? Usage { get; set; }

    public Finish Finish { get; set; }

    /// <summary>How it ends: completed or incomplete.</summary>
    public string End => Finish is Finish.Length or Finish.ContentFilter ? "incomplete" : "completed";

    public ResponsesItem Add(ResponsesItemKind kind, ToolStart? call = null)
    {
        var prefix = kind switch { ResponsesItemKind.Reasoning => "rs", ResponsesItemKind.Call => "fc", ResponsesItemKind.FreeFormCall => "ctc", _ => "msg" };
        var item = new ResponsesItem(kind, $"{prefix}_{_unique}{Items.Count:x2}", Items.Count, call);
        Items.Add(item);
        return item;
    }

    /// <param name="ended">Output and usage stand in it only at the end.</param>
    public void Write(Utf8JsonWriter json, bool ended)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, $"resp_{_unique}");
        json.WriteString("object"u8, "response"u8);
        json.WriteNumber("created_at"u8, context.At.ToUnixTimeSeconds());
        json.WriteString("status"u8, ended ? End : "in_progress");
        json.WriteBoolean("background"u8, false);
        json.WriteNull("error"u8);
        WriteIncomplete(json, ended);
        json.WriteString("model"u8, context.Model);
        json.WriteStartArray("output"u8);
        foreach (var item in ended ? Items : [])
        {
            item.Write(json);
        }

        json.WriteEndArray();
        ResponsesSettings.Write(json, context.Request);
        WriteUsage(json, ended ? Usage ?? new Counted(null, null, null, null, null) : null);
        json.WriteEndObject();
    }

    private void WriteIncomplete(Utf8JsonWriter json, bool ended)
    {
        if (!ended || End == "completed")
        {
            json.WriteNull("incomplete_details"u8);
            return;
        }

        json.WriteStartObject("incomplete_details"u8);
        json.WriteString("reason"u8, Finish == Finish.Length ? "max_output_tokens"u8 : "content_filter"u8);
        json.WriteEndObject();
    }

    private static void WriteUsage(Utf8JsonWriter json, Counted? usage)
    {
        if (usage is null)
        {
            json.WriteNull("usage"u8);
            return;
        }

        var (input, output) = (usage.Input ?? 0, usage.Output ?? 0);
        json.WriteStartObject("usage"u8);
        json.WriteNumber("input_tokens"u8, input);
        json.WriteStartObject("input_tokens_details"u8);
        json.WriteNumber("cached_tokens"u8, usage.Cached ?? 0);
        json.WriteEndObject();
        json.WriteNumber("output_tokens"u8, output);
        json.WriteStartObject("output_tokens_details"u8);
        json.WriteNumber("reasoning_tokens"u8, usage.Reasoning ?? 0);
        json.WriteEndObject();
        json.WriteNumber("total_tokens"u8, (long)input + output);
        json.WriteEndObject();
    }
}

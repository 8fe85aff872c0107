using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Gateflow.Gateway.Protocols.Responses;

/// <summary>A piece of an item: text, refusal or the summary of thoughts.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Index">Its place in the item.</param>
internal sealed record ResponsesPart(ResponsesPartKind Kind, int Index)
{
    public StringBuilder Text { get; } = new();

    /// <summary>Log probabilities of the text's tokens, in OpenAI's shape.</summary>
    public List<JsonElement> Logprobs { get; } = [];

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        switch (Kind)
        {
            case ResponsesPartKind.Text:
                json.WriteString("type"u8, "output_text"u8);
                json.WriteStartArray("annotations"u8);
                json.WriteEndArray();
                WriteLogprobs(json, Logprobs);
                json.WriteString("text"u8, Text.ToString());
                break;
            case ResponsesPartKind.Refusal:
                json.WriteString("type"u8, "refusal"u8);
                json.WriteString("refusal"u8, Text.ToString());
                break;
            default:
                json.WriteString("type"u8, "summary_text"u8);
                json.WriteString("text"u8, Text.ToString());
                break;
        }

        json.WriteEndObject();
    }

    public static void WriteLogprobs(Utf8JsonWriter json, IEnumerable<JsonElement> logprobs)
    {
        json.WriteStartArray("logprobs"u8);
        foreach (var token in logprobs)
        {
            json.WriteRawValue(JsonMarshal.GetRawUtf8Value(token), skipInputValidation: true);
        }

        json.WriteEndArray();
    }
}

internal enum ResponsesPartKind : byte
{
    Text,
    Refusal,
    Summary,
}

using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Gateflow.Gateway.Providers.Gemini;

/// <summary>
/// Reads <c>logprobsResult {chosenCandidates[{token, logProbability}], topCandidates[{candidates[…]}]}</c> into OpenAI's shape: an array of
/// {token, logprob, bytes, top_logprobs}.
/// </summary>
internal static class LogprobsReader
{
    /// <summary>Null when no token is told.</summary>
    public static JsonElement? Read(JsonElement result)
    {
        var (chosen, top) = (result.Items("chosenCandidates").ToList(), result.Items("topCandidates").ToList());
        if (chosen.Count == 0)
        {
            return null;
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (var (i, token) in chosen.Index())
            {
                json.WriteStartObject();
                WriteToken(json, token);
                json.WriteStartArray("top_logprobs");
                foreach (var other in i < top.Count ? top[i].Items("candidates") : [])
                {
                    json.WriteStartObject();
                    WriteToken(json, other);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return JsonElement.Parse(buffer.WrittenSpan);
    }

    private static void WriteToken(Utf8JsonWriter json, JsonElement token)
    {
        var text = token.Text("token") ?? "";
        json.WriteString("token", text);
        json.WriteNumber("logprob", token.Find("logProbability") is { ValueKind: JsonValueKind.Number } value && value.TryGetDouble(out var number) && double.IsFinite(number) ? number : 0);
        json.WriteStartArray("bytes");
        foreach (var part in Encoding.UTF8.GetBytes(text))
        {
            json.WriteNumberValue(part);
        }

        json.WriteEndArray();
    }
}

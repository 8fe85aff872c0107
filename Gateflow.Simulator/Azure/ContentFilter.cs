using System.Text.Json;

namespace Gateflow.Simulator.Azure;

/// <summary>What Azure's content filter says of a prompt and of an answer; it never finds anything here.</summary>
internal static class ContentFilter
{
    private static readonly string[] Categories = ["hate", "self_harm", "sexual", "violence"];

    public static void WritePrompt(Utf8JsonWriter json)
    {
        json.WriteStartArray("prompt_filter_results");
        json.WriteStartObject();
        json.WriteNumber("prompt_index", 0);
        WriteAnswer(json);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    public static void WriteAnswer(Utf8JsonWriter json)
    {
        json.WriteStartObject("content_filter_results");
        foreach (var category in Categories)
        {
            json.WriteStartObject(category);
            json.WriteBoolean("filtered", false);
            json.WriteString("severity", "safe");
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}

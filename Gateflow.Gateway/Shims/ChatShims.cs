using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Core.Compatibility;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Shims;

/// <summary>Shims of messages and formats of chat completions.</summary>
internal static class ChatShims
{
    public static void Apply(ShimAction action, JsonObject json, ShimNotes notes)
    {
        switch (action.Kind)
        {
            case ShimKind.Role:
                Rename(json, action.Words[0], action.Words[1], notes);
                break;
            case ShimKind.Fold:
                Fold(json, action.Words[0], notes);
                break;
            case ShimKind.SchemaToText:
                SchemaToText(json, notes);
                break;
            case ShimKind.JsonToSchema when FormatOf(json) == "json_object":
                json["response_format"] = new JsonObject
                {
                    ["type"] = "json_schema",
                    ["json_schema"] = new JsonObject { ["name"] = "answer", ["schema"] = new JsonObject { ["type"] = "object" } },
                };
                notes.Mapped("response_format", "json_schema");
                break;
        }
    }

    private static void Rename(JsonObject json, string from, string to, ShimNotes notes)
    {
        foreach (var message in Messages(json, from))
        {
            message["role"] = to;
            notes.Mapped($"messages.{from}", to);
        }
    }

    private static void Fold(JsonObject json, string role, ShimNotes notes)
    {
        var folded = Messages(json, role).ToList();
        var texts = new List<string>();
        foreach (var message in folded)
        {
            texts.Add(TextOf(message["content"]));
            json["messages"]!.AsArray().Remove(message);
        }

        if (folded.Count == 0)
        {
            return;
        }

        notes.Mapped($"messages.{role}", "user");
        var text = string.Join("\n\n", texts.Where(static t => t.Length > 0));
        var first = Messages(json, "user").FirstOrDefault();
        switch (first?["content"])
        {
            case JsonArray parts:
                parts.Insert(0, new JsonObject { ["type"] = "text", ["text"] = text });
                break;
            case JsonValue said when said.GetValueKind() == JsonValueKind.String:
                first["content"] = $"{text}\n\n{said.GetValue<string>()}";
                break;
            default:
                json["messages"]!.AsArray().Insert(0, new JsonObject { ["role"] = "user", ["content"] = text });
                break;
        }
    }

    private static void SchemaToText(JsonObject json, ShimNotes notes)
    {
        if (FormatOf(json) != "json_schema" || json["messages"] is not JsonArray messages)
        {
            return;
        }

        var schema = (json["response_format"]!["json_schema"] as JsonObject)?["schema"]?.ToJsonString(ProviderJson.Options) ?? "{}";
        json["response_format"] = new JsonObject { ["type"] = "json_object" };
        messages.Insert(0, new JsonObject { ["role"] = "system", ["content"] = $"Answer with one JSON object that follows this JSON schema:\n{schema}" });
        notes.Mapped("response_format", "json_object");
    }

    private static string? FormatOf(JsonObject json) =>
        (json["response_format"] as JsonObject)?["type"] is JsonValue type && type.GetValueKind() == JsonValueKind.String ? type.GetValue<string>() : null;

    private static IEnumerable<JsonObject> Messages(JsonObject json, string role) =>
        json["messages"] is not JsonArray messages ? [] : messages.OfType<JsonObject>().Where(message =>
            message["role"] is JsonValue said && said.GetValueKind() == JsonValueKind.String && said.GetValue<string>() == role);

    private static string TextOf(JsonNode? content) => content switch
    {
        JsonArray parts => string.Join('\n', parts.OfType<JsonObject>().Select(static part => TextOf(part["text"]))),
        JsonValue text when text.GetValueKind() == JsonValueKind.String => text.GetValue<string>(),
        _ => "",
    };
}

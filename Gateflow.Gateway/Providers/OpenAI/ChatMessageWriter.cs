using System.Text.Json.Nodes;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.OpenAI;

/// <summary>
/// Writes <c>messages</c>. A result of a tool may hold text only, so images in results follow them in a message of the user.
/// </summary>
internal sealed class ChatMessageWriter(ProviderType type, ShimNotes notes)
{
    private readonly JsonArray _messages = [];

    public JsonArray Write(IReadOnlyList<Message> messages)
    {
        for (var i = 0; i < messages.Count; i++)
        {
            var (message, path) = (messages[i], $"messages[{i}]");
            switch (message.Role)
            {
                case Role.Tool:
                    AddResults(message, path);
                    break;
                case Role.Assistant:
                    AddAssistant(message, path);
                    break;
                default:
                    Add(RoleOf(message.Role), message, Content(message.Parts, path));
                    break;
            }
        }

        return _messages;
    }

    private static string RoleOf(Role role) => role switch
    {
        Role.System => "system",
        Role.Developer => "developer",
        _ => "user",
    };

    private JsonObject Add(string role, Message message, JsonNode? content)
    {
        var json = new JsonObject { ["role"] = role, ["content"] = content };
        json.Set("name", message.Name);
        _messages.Add(json);
        return json;
    }

    private void AddAssistant(Message message, string path)
    {
        var calls = message.Parts.OfType<ToolCallPart>().ToList();
        var said = message.Parts.Where(static part => part is not (ToolCallPart or ReasoningPart or RefusalPart)).ToList();
        if (said.Find(static part => part is not TextPart) is not null)
        {
            throw NotCarriedException.Unsupported($"{path}.content", "takes only text and calls of tools in an earlier answer");
        }

        var text = string.Concat(said.OfType<TextPart>().Select(static part => part.Text));
        var refusal = string.Concat(message.Parts.OfType<RefusalPart>().Select(static part => part.Text));
        NoteCaching(said);
        var json = Add("assistant", message, text.Length == 0 && (calls.Count > 0 || refusal.Length > 0) ? null : text);
        json.Set("refusal", refusal.Length == 0 ? null : refusal);
        AddThoughts(json, [.. message.Parts.OfType<ReasoningPart>()]);
        if (calls.Count > 0)
        {
            json["tool_calls"] = new JsonArray([.. calls.Select(WriteCall)]);
        }
    }

    /// <summary>OpenAI's models take no thoughts back, those of compatible servers may need them.</summary>
    private void AddThoughts(JsonObject json, List<ReasoningPart> thoughts)
    {
        var text = string.Concat(thoughts.Select(static part => part.Text));
        if (type == ProviderType.OpenAICompatible && text.Length > 0)
        {
            json["reasoning_content"] = text;
        }
        else if (thoughts.Count > 0)
        {
            notes.Dropped("messages.reasoning");
        }
    }

    private static JsonObject WriteCall(ToolCallPart call)
    {
        var json = new JsonObject
        {
            ["id"] = call.Id,
            ["type"] = "function",
            ["function"] = new JsonObject { ["name"] = call.Name, ["arguments"] = call.Arguments },
        };
        if (call.Signature is { } signature)
        {
            json["extra_content"] = new JsonObject { ["google"] = new JsonObject { ["thought_signature"] = signature } };
        }

        return json;
    }

    private void AddResults(Message message, string path)
    {
        var beside = new List<Part>();
        foreach (var part in message.Parts)
        {
            if (part is not ToolResultPart result)
            {
                beside.Add(part);
                continue;
            }

            if (result.IsError)
            {
                notes.Dropped("tool_result.is_error");
            }

            var others = result.Content.Where(static piece => piece is not TextPart).ToList();
            if (others.Count > 0)
            {
                notes.Mapped("tool_result.content", "a message of the user");
                beside.AddRange(others);
            }

            NoteCaching(message.Parts);
            var content = Content([.. result.Content.OfType<TextPart>()], path);
            _messages.Add(new JsonObject { ["role"] = "tool", ["tool_call_id"] = result.CallId, ["content"] = content });
        }

        if (beside.Count > 0)
        {
            _messages.Add(new JsonObject { ["role"] = "user", ["content"] = Content(beside, path) });
        }
    }

    private JsonNode Content(IReadOnlyList<Part> parts, string path)
    {
        NoteCaching(parts);
        return parts switch
        {
            [] => "",
            [TextPart text] => text.Text,
            _ => new JsonArray([.. parts.Select((part, i) => ChatPartWriter.Write(part, $"{path}.content[{i}]", notes))]),
        };
    }

    private void NoteCaching(IEnumerable<Part> parts)
    {
        if (parts.Any(static part => part.CacheHere))
        {
            notes.Dropped("cache_control");
        }
    }
}

using System.Text.Json.Nodes;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.OpenAI;

/// <summary>Writes <c>input</c>: what a message says, calls and answers is an item each, in the order in which it was said.</summary>
internal sealed class ResponsesItemWriter(ShimNotes notes)
{
    private readonly JsonArray _items = [];

    public JsonArray Write(IReadOnlyList<Message> messages)
    {
        for (var i = 0; i < messages.Count; i++)
        {
            var (message, path) = (messages[i], $"messages[{i}]");
            if (message.Name is not null)
            {
                notes.Dropped("messages.name");
            }

            switch (message.Role)
            {
                case Role.Assistant:
                    AddAnswer(message, path);
                    break;
                case Role.Tool:
                    AddResults(message, path);
                    break;
                default:
                    Add(message.Role switch { Role.System => "system", Role.Developer => "developer", _ => "user" }, message.Parts, path);
                    break;
            }
        }

        return _items;
    }

    private void Add(string role, IReadOnlyList<Part> parts, string path) =>
        _items.Add(new JsonObject { ["role"] = role, ["content"] = Content(parts, path) });

    private void AddAnswer(Message message, string path)
    {
        var said = new JsonArray();
        foreach (var part in message.Parts)
        {
            NoteCaching(part);
            switch (part)
            {
                case TextPart text:
                    said.Add(new JsonObject { ["type"] = "output_text", ["text"] = text.Text, ["annotations"] = new JsonArray() });
                    break;
                case RefusalPart refusal:
                    said.Add(new JsonObject { ["type"] = "refusal", ["refusal"] = refusal.Text });
                    break;
                case ToolCallPart call:
                    said = Say(said);
                    _items.Add(new JsonObject { ["type"] = "function_call", ["call_id"] = call.Id, ["name"] = call.Name, ["arguments"] = call.Arguments });
                    break;
                case ReasoningPart:
                    notes.Dropped("messages.reasoning"); // thoughts of other models mean nothing to OpenAI's
                    break;
                default:
                    throw NotCarriedException.Unsupported($"{path}.content", "takes only text and calls of tools in an earlier answer");
            }
        }

        Say(said);
    }

    /// <summary>Adds the message that was said, if any; a new one for what follows.</summary>
    private JsonArray Say(JsonArray said)
    {
        if (said.Count > 0)
        {
            _items.Add(new JsonObject { ["type"] = "message", ["role"] = "assistant", ["content"] = said });
        }

        return [];
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

            NoteCaching(part);
            if (result.IsError)
            {
                notes.Dropped("tool_result.is_error");
            }

            _items.Add(new JsonObject { ["type"] = "function_call_output", ["call_id"] = result.CallId, ["output"] = Content(result.Content, path) });
        }

        if (beside.Count > 0)
        {
            Add("user", beside, path);
        }
    }

    private JsonNode Content(IReadOnlyList<Part> parts, string path)
    {
        foreach (var part in parts)
        {
            NoteCaching(part);
        }

        return parts switch
        {
            [] => "",
            [TextPart text] => text.Text,
            _ => new JsonArray([.. parts.Select((part, i) => ResponsesPartWriter.Write(part, $"{path}.content[{i}]", notes))]),
        };
    }

    private void NoteCaching(Part part)
    {
        if (part.CacheHere)
        {
            notes.Dropped("cache_control");
        }
    }
}

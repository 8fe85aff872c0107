using System.Text.Json.Nodes;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.Gemini;

/// <summary>
/// Writes <c>systemInstruction</c> and <c>contents</c>. Google's turns alternate between user and model: turns of one role that follow each other are
/// one content, but results of functions stand alone, in the order of their calls. Instructions that come later than the first turn stay in their place as
/// words of the user.
/// </summary>
/// <param name="withIds">Whether calls and results bear ids.</param>
internal sealed class ContentsWriter(GeminiFamily family, bool withIds, ShimNotes notes)
{
    private const string User = "user", Model = "model";

    private readonly JsonArray _contents = [];
    private readonly Dictionary<string, string> _toolOfCall = new(StringComparer.Ordinal);
    private readonly PartWriter _parts = new(notes);
    private List<string> _calls = [];
    private (string Role, JsonArray Parts)? _open;

    public void Write(JsonObject json, IReadOnlyList<Message> messages)
    {
        var leading = messages.TakeWhile(static message => message.Role is Role.System or Role.Developer).Count();
        leading = leading == messages.Count ? 0 : leading; // instructions alone are the question
        var system = new JsonArray([.. messages.Take(leading).SelectMany((message, i) => Parts(message, $"messages[{i}]"))]);
        for (var i = leading; i < messages.Count; i++)
        {
            Add(messages[i], $"messages[{i}]");
        }

        if (_contents.Count == 0)
        {
            throw NotCarriedException.Invalid("messages", "at least one message that says something");
        }

        json.Set("systemInstruction", system.Count > 0 ? new JsonObject { ["parts"] = system } : null);
        json["contents"] = _contents;
    }

    /// <summary>Tells the model what Google has no field for, after all that the caller tells it.</summary>
    public static void Instruct(JsonObject json, string? instruction)
    {
        if (instruction is null)
        {
            return;
        }

        json["systemInstruction"] ??= new JsonObject { ["parts"] = new JsonArray() };
        json["systemInstruction"]!["parts"]!.AsArray().Add(new JsonObject { ["text"] = instruction });
    }

    private void Add(Message message, string path)
    {
        switch (message.Role)
        {
            case Role.Tool:
                AddResults(message, path);
                break;
            case Role.Assistant:
                AddAnswer(message, path);
                break;
            default:
                if (message.Role != Role.User)
                {
                    notes.Mapped($"{path}.role", User);
                }

                Append(User, Parts(message, path));
                break;
        }
    }

    private IEnumerable<JsonObject> Parts(Message message, string path)
    {
        if (message.Name is not null)
        {
            notes.Dropped("messages.name");
        }

        return message.Parts.Select((part, i) => _parts.Write(part, $"{path}.content[{i}]"));
    }

    private void AddAnswer(Message message, string path)
    {
        var parts = new List<JsonObject>();
        var calls = new List<string>();
        foreach (var (i, part) in message.Parts.Index())
        {
            switch (part)
            {
                case ToolCallPart call:
                    parts.Add(WriteCall(call, $"{path}.tool_calls[{calls.Count}]", isFirst: calls.Count == 0));
                    calls.Add(call.Id);
                    break;
                case ReasoningPart:
                    notes.Dropped("messages.reasoning");
                    break;
                default:
                    parts.Add(_parts.Write(part, $"{path}.content[{i}]"));
                    break;
            }
        }

        if (message.Name is not null)
        {
            notes.Dropped("messages.name");
        }

        _calls = calls.Count > 0 ? calls : _calls;
        Append(Model, parts);
    }

    private JsonObject WriteCall(ToolCallPart call, string path, bool isFirst)
    {
        _toolOfCall[call.Id] = call.Name;
        var function = new JsonObject { ["name"] = call.Name, ["args"] = _parts.Arguments(call.Arguments, path) };
        function.Set("id", withIds ? call.Id : null);
        var json = new JsonObject { ["functionCall"] = function };
        json.Set("thoughtSignature", call.Signature ?? (isFirst ? NoSignature() : null));
        return json;
    }

    /// <summary>What Google documents for calls whose signature is lost or that another model made.</summary>
    private string? NoSignature()
    {
        const string Skip = "skip_thought_signature_validator";
        if (family.Signs)
        {
            notes.Defaulted("thought_signature", Skip);
        }

        return family.Signs ? Skip : null;
    }

    private void AddResults(Message message, string path)
    {
        var (results, beside) = (new List<(int Order, JsonObject Json)>(), new List<JsonObject>());
        foreach (var (i, part) in message.Parts.Index())
        {
            if (part is not ToolResultPart result)
            {
                beside.Add(_parts.Write(part, $"{path}.content[{i}]"));
                continue;
            }

            var order = _calls.IndexOf(result.CallId);
            results.Add((order < 0 ? int.MaxValue : order, WriteResult(result, path)));
            foreach (var piece in result.Content.Where(static piece => piece is not TextPart))
            {
                notes.Mapped("tool_result.content", "parts of the user");
                beside.Add(_parts.Write(piece, $"{path}.content"));
            }
        }

        _open = null;
        Append(User, [.. results.OrderBy(static result => result.Order).Select(static result => result.Json)]);
        _open = null;
        Append(User, beside);
    }

    private JsonObject WriteResult(ToolResultPart result, string path)
    {
        var name = result.Name ?? _toolOfCall.GetValueOrDefault(result.CallId)
            ?? throw NotCarriedException.Invalid($"{path}.tool_call_id", "the id of a call in an earlier message");
        var function = new JsonObject { ["name"] = name, ["response"] = _parts.Response(result) };
        function.Set("id", withIds ? result.CallId : null);
        return new JsonObject { ["functionResponse"] = function };
    }

    private void Append(string role, IEnumerable<JsonObject> parts)
    {
        foreach (var part in parts)
        {
            if (_open is not { } open || open.Role != role)
            {
                _open = open = (role, []);
                _contents.Add(new JsonObject { ["role"] = role, ["parts"] = open.Parts });
            }

            open.Parts.Add(part);
        }
    }
}

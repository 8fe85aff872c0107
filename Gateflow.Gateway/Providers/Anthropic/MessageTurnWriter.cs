using System.Text.Json.Nodes;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.Anthropic;

/// <summary>
/// Writes <c>messages</c> and <c>system</c>. User and assistant take turns and the user begins, so messages of one role in a row become one, in which the
/// results of tools come first.
/// </summary>
internal sealed class MessageTurnWriter(ShimNotes notes)
{
    public JsonArray System { get; } = [];

    public JsonArray Messages { get; } = [];

    /// <exception cref="NotCarriedException">The protocol has no word for a part.</exception>
    public void Write(IReadOnlyList<Message> messages)
    {
        var asksAlone = messages.All(static message => message.Role is Role.System or Role.Developer); // instructions alone are the question
        for (var i = 0; i < messages.Count; i++)
        {
            var (message, path) = (messages[i], $"messages[{i}]");
            if (message.Name is not null)
            {
                notes.Dropped("messages.name");
            }

            if (message.Role is not (Role.System or Role.Developer))
            {
                Add(message.Role == Role.Assistant ? "assistant" : "user", MessageBlockWriter.Write(message.Parts, path, notes));
            }
            else if (Messages.Count == 0 && !asksAlone)
            {
                AddSystem(message, path);
            }
            else
            {
                notes.Mapped("messages.role", "user"); // in its place; at the top it would mean something else
                Add("user", MessageBlockWriter.Write(message.Parts, path, notes));
            }
        }

        if (Messages.Count == 0)
        {
            throw NotCarriedException.Unsupported("messages", "takes no conversation without a word of the user");
        }

        if (RoleOf(Messages[0]!) == "assistant")
        {
            Messages.Insert(0, new JsonObject { ["role"] = "user", ["content"] = new JsonArray(MessageBlockWriter.Text("(The conversation begins.)")) });
            notes.Defaulted("messages[0]", "user");
        }

        TrimEnd();
    }

    /// <summary>Tells the model what the protocol has no field for, after all that the caller tells it.</summary>
    public void Instruct(string? instruction)
    {
        if (instruction is not null)
        {
            System.Add(MessageBlockWriter.Text(instruction));
        }
    }

    private static string RoleOf(JsonNode message) => (string)message["role"]!;

    private void AddSystem(Message message, string path)
    {
        if (message.Parts.Any(static part => part is not TextPart))
        {
            throw NotCarriedException.Unsupported($"{path}.content", "takes text only as system instructions");
        }

        foreach (var block in MessageBlockWriter.Write(message.Parts, path, notes))
        {
            System.Add(block);
        }
    }

    private void Add(string role, List<JsonObject> blocks)
    {
        if (blocks.Count == 0)
        {
            return; // nothing is said
        }

        if (Messages.Count == 0 || RoleOf(Messages[^1]!) != role)
        {
            Messages.Add(new JsonObject { ["role"] = role, ["content"] = new JsonArray() });
        }

        var content = Messages[^1]!["content"]!.AsArray();
        var results = content.TakeWhile(static block => IsResult(block!)).Count();
        foreach (var block in blocks)
        {
            if (IsResult(block))
            {
                content.Insert(results++, block);
            }
            else
            {
                content.Add(block);
            }
        }
    }

    private static bool IsResult(JsonNode block) => (string?)block["type"] == "tool_result";

    /// <summary>An answer that the caller begins must not end with white space.</summary>
    private void TrimEnd()
    {
        if (RoleOf(Messages[^1]!) == "assistant" && Messages[^1]!["content"]!.AsArray() is [.., JsonObject block] && (string?)block["text"] is { Length: > 0 } text
            && char.IsWhiteSpace(text[^1]))
        {
            block["text"] = text.TrimEnd();
            notes.Mapped($"messages[{Messages.Count - 1}].content", "trimmed");
        }
    }
}

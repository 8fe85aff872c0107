using System.Text.Json.Nodes;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.Bedrock;

/// <summary>
/// Writes <c>messages</c> and <c>system</c>. Turns of the user and the assistant must take turns and the user's must be the first, so that messages of one
/// role in a row become one.
/// </summary>
internal sealed class ConverseMessages(BedrockFamily family, ShimNotes notes)
{
    private readonly ConverseContent _content = new(family, notes);

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

            if (message.Role is Role.System or Role.Developer && Messages.Count == 0 && !asksAlone)
            {
                AddSystem(message, path);
                continue;
            }

            if (message.Role is Role.System or Role.Developer)
            {
                notes.Mapped($"{path}.role", "user"); // in its place; at the top it would mean something else
            }

            Add(message.Role == Role.Assistant ? "assistant" : "user", message, path);
        }

        if (Messages.Count == 0)
        {
            throw NotCarriedException.Unsupported("messages", "takes no conversation without a word of the user");
        }

        if (Last(0) == "assistant")
        {
            Messages.Insert(0, Turn("user", [ConverseContent.Text("(The conversation begins.)")]));
            notes.Defaulted("messages[0]", "user");
        }

        TrimEnd();
    }

    /// <summary>Tells the model what the protocol has no field for, after all that the caller tells it.</summary>
    public void Instruct(string? instruction)
    {
        if (instruction is not null)
        {
            System.Add(ConverseContent.Text(instruction));
        }
    }

    private static JsonObject Turn(string role, JsonArray content) => new() { ["role"] = role, ["content"] = content };

    private void AddSystem(Message message, string path)
    {
        foreach (var part in message.Parts)
        {
            if (part is not TextPart text)
            {
                throw NotCarriedException.Unsupported($"{path}.content", "takes text only as system instructions");
            }

            if (!string.IsNullOrWhiteSpace(text.Text))
            {
                System.Add(ConverseContent.Text(text.Text));
            }

            if (part.CacheHere && System.Count > 0 && _content.CachePoint(part.CacheTtl) is { } point)
            {
                System.Add(point);
            }
        }
    }

    private void Add(string role, Message message, string path)
    {
        var blocks = _content.Write(message.Parts, path);
        if (blocks.Count == 0)
        {
            notes.Dropped(path); // it says nothing, which Converse does not take
            return;
        }

        if (Messages.Count == 0 || Last(Messages.Count - 1) != role)
        {
            Messages.Add(Turn(role, []));
        }

        var content = Messages[^1]!["content"]!.AsArray();
        foreach (var block in blocks)
        {
            content.Add(block);
        }
    }

    private string? Last(int index) => (string?)Messages[index]!["role"];

    /// <summary>An answer that the caller begins must not end with white space.</summary>
    private void TrimEnd()
    {
        if (Last(Messages.Count - 1) != "assistant" || Messages[^1]!["content"]!.AsArray() is not [.., JsonObject block] || block["text"] is not { } text)
        {
            return;
        }

        var words = (string)text!;
        if (char.IsWhiteSpace(words[^1]))
        {
            block["text"] = words.TrimEnd();
            notes.Mapped($"messages[{Messages.Count - 1}].content", "trimmed");
        }
    }
}

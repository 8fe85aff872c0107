using System.Text.Json;
using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Protocols.Chat;

/// <summary>Writes a whole chat completion.</summary>
internal sealed class ChatAnswerWriter(AnswerContext context) : IAnswerWriter
{
    private readonly SortedDictionary<int, ChatChoice> _choices = new() { [0] = new ChatChoice(0) };
    private string? _id;
    private Counted? _usage;

    public void Add(AnswerPart part, PooledBody output)
    {
        switch (part)
        {
            case Started started:
                _id ??= started.Id;
                break;
            case Counted counted:
                _usage = Counted.Merge(_usage, counted);
                break;
            default:
                if (!_choices.TryGetValue(part.Choice, out var choice))
                {
                    _choices[part.Choice] = choice = new ChatChoice(part.Choice);
                }

                choice.Add(part);
                break;
        }
    }

    public void Complete(PooledBody output)
    {
        using var json = new Utf8JsonWriter(output, ChatAnswerJson.Options);
        json.WriteStartObject();
        ChatAnswerJson.WriteHead(json, "chat.completion", _id, context);
        json.WriteStartArray("choices"u8);
        foreach (var choice in _choices.Values)
        {
            choice.Write(json, context.Request);
        }

        json.WriteEndArray();
        if (_usage is not null)
        {
            ChatAnswerJson.WriteUsage(json, _usage);
        }

        json.WriteEndObject();
    }
}

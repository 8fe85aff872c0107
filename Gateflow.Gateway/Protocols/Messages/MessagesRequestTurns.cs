using System.Text.Json;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Protocols.Messages;

/// <summary>
/// Reads <c>system</c> and <c>messages</c>. Results of tools, which are the user's here, become messages of their own; a result takes its tool's name
/// from the call.
/// </summary>
internal sealed class MessagesRequestTurns
{
    private readonly List<Message> _messages = [];
    private readonly Dictionary<string, string> _toolOfCall = new(StringComparer.Ordinal);

    public static IReadOnlyList<Message> Read(RequestField? system, RequestField messages)
    {
        var reader = new MessagesRequestTurns();
        if (system is { } text && MessagesRequestBlocks.Texts(text) is { Count: > 0 } parts)
        {
            reader._messages.Add(new Message(Role.System, parts));
        }

        foreach (var message in messages.Items())
        {
            reader.Add(message);
        }

        return reader._messages;
    }

    private void Add(RequestField message)
    {
        var role = message.Need("role");
        var content = message.Need("content");
        switch (role.Text())
        {
            case "user":
                AddUser(content);
                break;
            case "assistant":
                _messages.Add(new Message(Role.Assistant, content.Kind == JsonValueKind.Array ? [.. content.Items().SelectMany(ReadOwn)] : MessagesRequestBlocks.Read(content)));
                break;
            default:
                throw role.Invalid("user or assistant");
        }
    }

    private void AddUser(RequestField content)
    {
        if (content.Kind != JsonValueKind.Array)
        {
            _messages.Add(new Message(Role.User, MessagesRequestBlocks.Read(content)));
            return;
        }

        var said = new List<Part>();
        var results = new List<Part>();
        foreach (var block in content.Items())
        {
            if (block.Need("type").Text() == "tool_result")
            {
                results.Add(ReadResult(block));
            }
            else
            {
                said.AddRange(MessagesRequestBlocks.ReadBlock(block));
            }
        }

        if (results.Count > 0)
        {
            _messages.Add(new Message(Role.Tool, results)); // the protocol demands that they come first
        }

        if (said.Count > 0 || results.Count == 0)
        {
            _messages.Add(new Message(Role.User, said));
        }
    }

    private Part ReadResult(RequestField block)
    {
        var call = block.Need("tool_use_id").Text();
        var result = new ToolResultPart(
            call,
            _toolOfCall.GetValueOrDefault(call),
            block.Find("content") is { } content ? MessagesRequestBlocks.Read(content) : [],
            block.Find("is_error")?.Flag() ?? false);
        return MessagesRequestBlocks.Marked(result, block);
    }

    /// <summary>A block of the assistant's.</summary>
    private IEnumerable<Part> ReadOwn(RequestField block)
    {
        switch (block.Need("type").Text())
        {
            case "tool_use":
                var (id, name) = (block.Need("id").Text(), block.Need("name").Text());
                _toolOfCall[id] = name;
                return [MessagesRequestBlocks.Marked(new ToolCallPart(id, name, block.Need("input").Object().GetRawText()), block)];
            case "thinking":
                return [new ReasoningPart(block.Need("thinking").Text(), block.Find("signature")?.Text() is { Length: > 0 } signature ? signature : null)];
            case "redacted_thinking":
                return [new ReasoningPart("", Redacted: block.Need("data").Text())];
            default:
                return MessagesRequestBlocks.ReadBlock(block);
        }
    }
}

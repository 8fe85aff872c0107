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
        if (system is { } text)
        {
            reader.AddSystem(text);
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
            case "system":
                AddSystem(content);
                break;
            default:
                throw role.Invalid("user, assistant or system");
        }
    }

    private void AddSystem(RequestField content)
    {
        if (MessagesRequestBlocks.Texts(content) is { Count: > 0 } parts)
        {
            _messages.Add(new Message(Role.System, parts));
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
        var instructions = new List<RequestField>();
        foreach (var block in content.Items())
        {
            switch (block.Need("type").Text())
            {
                case "tool_result":
                    results.Add(ReadResult(block));
                    break;
                case "mid_conv_system":
                    instructions.Add(block.Need("content"));
                    break;
                default:
                    said.AddRange(MessagesRequestBlocks.ReadBlock(block));
                    break;
            }
        }

        if (results.Count > 0)
        {
            _messages.Add(new Message(Role.Tool, results)); // the protocol demands that they come first
        }

        if (said.Count > 0 || results.Count + instructions.Count == 0)
        {
            _messages.Add(new Message(Role.User, said));
        }

        instructions.ForEach(AddSystem); // they end the turn
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

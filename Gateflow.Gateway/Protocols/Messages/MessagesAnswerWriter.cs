using System.Text;
using System.Text.Json;
using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Protocols.Messages;

/// <summary>Writes a whole message. The protocol has one answer a request, so only the first choice is told.</summary>
internal sealed class MessagesAnswerWriter(AnswerContext context) : IAnswerWriter
{
    private readonly List<Block> _blocks = [];
    private readonly Dictionary<int, Block> _calls = [];
    private string? _id;
    private Counted? _usage;
    private Finished? _finished;
    private bool _refused;

    public void Add(AnswerPart part, PooledBody output)
    {
        switch (part)
        {
            case { Choice: > 0 }:
                break;
            case Started started:
                _id ??= started.Id;
                break;
            case Counted counted:
                _usage = Counted.Merge(_usage, counted);
                break;
            case Finished finished:
                _finished = finished;
                break;
            case ToolStart call:
                _blocks.Add(_calls[call.Index] = new Block(BlockKind.Call, call));
                break;
            case ToolArguments arguments when _calls.TryGetValue(arguments.Index, out var call):
                call.Text.Append(arguments.Json);
                break;
            case TextDelta text:
                Last(BlockKind.Text).Text.Append(text.Text);
                break;
            case RefusalDelta refusal:
                _refused = true;
                Last(BlockKind.Text).Text.Append(refusal.Text);
                break;
            case ReasoningDelta { Redacted: { } data }:
                _blocks.Add(new Block(BlockKind.Redacted, null) { Signature = data });
                break;
            case ReasoningDelta thoughts:
                var block = Last(BlockKind.Thoughts);
                block.Text.Append(thoughts.Text);
                block.Signature = thoughts.Signature ?? block.Signature;
                break;
        }
    }

    public void Complete(PooledBody output)
    {
        using var json = new Utf8JsonWriter(output, MessagesAnswerJson.Options);
        json.WriteStartObject();
        MessagesAnswerJson.WriteHead(json, _id, context);
        json.WriteStartArray("content"u8);
        var tells = MessagesAnswerJson.TellsThoughts(context.Request);
        foreach (var block in _blocks.Where(block => tells || block is not { Kind: BlockKind.Thoughts, Signature.Length: 0 }))
        {
            Write(json, block);
        }

        json.WriteEndArray();
        MessagesAnswerJson.WriteStop(json, _finished, _calls.Count > 0, _refused);
        MessagesAnswerJson.WriteUsage(json, _usage);
        json.WriteEndObject();
    }

    /// <summary>The last block when it is of this kind and not complete, else a new one.</summary>
    private Block Last(BlockKind kind)
    {
        if (_blocks is not [.., var last] || last.Kind != kind || last.Signature.Length > 0)
        {
            _blocks.Add(last = new Block(kind, null));
        }

        return last;
    }

    private static void Write(Utf8JsonWriter json, Block block)
    {
        json.WriteStartObject();
        switch (block.Kind)
        {
            case BlockKind.Call:
                MessagesAnswerJson.WriteCall(json, block.Call!);
                json.WritePropertyName("input"u8);
                json.WriteRawValue(CallArguments.ObjectOrKept(block.Text.ToString()), skipInputValidation: true);
                break;
            case BlockKind.Thoughts:
                json.WriteString("type"u8, "thinking"u8);
                json.WriteString("thinking"u8, block.Text.ToString());
                json.WriteString("signature"u8, block.Signature);
                break;
            case BlockKind.Redacted:
                json.WriteString("type"u8, "redacted_thinking"u8);
                json.WriteString("data"u8, block.Signature);
                break;
            default:
                json.WriteString("type"u8, "text"u8);
                json.WriteString("text"u8, block.Text.ToString());
                break;
        }

        json.WriteEndObject();
    }

    private enum BlockKind : byte
    {
        Text,
        Thoughts,
        Redacted,
        Call,
    }

    private sealed record Block(BlockKind Kind, ToolStart? Call)
    {
        /// <summary>Text, thoughts or arguments.</summary>
        public StringBuilder Text { get; } = new();

        /// <summary>The proof of thoughts, or those that may not be read.</summary>
        public string Signature { get; set; } = "";
    }
}

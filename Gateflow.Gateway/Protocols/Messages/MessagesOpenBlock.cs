using System.Text;
using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Protocols.Messages;

/// <summary>The block of a streamed message that is being written; another kind of content ends it and begins the next.</summary>
/// <param name="tellsThoughts">Whether thoughts without a proof are told; else they wait for it, and are left out when none comes.</param>
internal sealed class MessagesOpenBlock(bool tellsThoughts)
{
    private readonly StringBuilder _waiting = new();
    private Kind _kind;
    private int _index = -1;

    private enum Kind : byte
    {
        None,
        Text,
        Thoughts,
        Call,
    }

    /// <summary>Writes text, a refusal or thoughts.</summary>
    public void Write(AnswerPart part, PooledBody output)
    {
        switch (part)
        {
            case TextDelta { Text.Length: > 0 } text:
                WriteText(text.Text, output);
                break;
            case RefusalDelta { Text.Length: > 0 } refusal:
                WriteText(refusal.Text, output);
                break;
            case ReasoningDelta { Redacted: { } data }:
                Start(Kind.None, "redacted_thinking", "data", data, output);
                break;
            case ReasoningDelta thoughts:
                WriteThoughts(thoughts, output);
                break;
        }
    }

    public void Open(ToolStart call, PooledBody output)
    {
        Close(output);
        _kind = Kind.Call;
        _index++;
        MessagesEvent.Write(output, "content_block_start", json =>
        {
            json.WriteNumber("index"u8, _index);
            json.WriteStartObject("content_block"u8);
            MessagesAnswerJson.WriteCall(json, call);
            json.WriteStartObject("input"u8);
            json.WriteEndObject();
            json.WriteEndObject();
        });
    }

    /// <summary>Adds to the arguments of the call that is open.</summary>
    public void WriteArguments(string piece, PooledBody output)
    {
        if (piece.Length > 0)
        {
            Delta("input_json_delta", "partial_json", piece, output);
        }
    }

    public void Close(PooledBody output)
    {
        _waiting.Clear();
        if (_kind != Kind.None)
        {
            Stop(output);
        }
    }

    private void WriteText(string text, PooledBody output)
    {
        if (_kind != Kind.Text)
        {
            Start(Kind.Text, "text", "text", "", output);
        }

        Delta("text_delta", "text", text, output);
    }

    private void WriteThoughts(ReasoningDelta thoughts, PooledBody output)
    {
        if (!tellsThoughts)
        {
            _waiting.Append(thoughts.Text);
            if (thoughts.Signature is not { Length: > 0 })
            {
                return;
            }

            thoughts = thoughts with { Text = _waiting.ToString() };
        }

        if (_kind != Kind.Thoughts)
        {
            Start(Kind.Thoughts, "thinking", "thinking", "", output);
        }

        if (thoughts.Text.Length > 0)
        {
            Delta("thinking_delta", "thinking", thoughts.Text, output);
        }

        if (thoughts.Signature is { Length: > 0 } signature)
        {
            Delta("signature_delta", "signature", signature, output);
            Stop(output); // the proof ends the thoughts that it belongs to
        }
    }

    private void Start(Kind kind, string type, string field, string value, PooledBody output)
    {
        Close(output);
        _index++;
        MessagesEvent.Write(output, "content_block_start", json =>
        {
            json.WriteNumber("index"u8, _index);
            json.WriteStartObject("content_block"u8);
            json.WriteString("type"u8, type);
            json.WriteString(field, value);
            if (kind == Kind.Thoughts)
            {
                json.WriteString("signature"u8, ""u8);
            }

            json.WriteEndObject();
        });
        _kind = kind;
        if (kind == Kind.None)
        {
            Stop(output); // told whole
        }
    }

    private void Delta(string type, string field, string value, PooledBody output) => MessagesEvent.Write(output, "content_block_delta", json =>
    {
        json.WriteNumber("index"u8, _index);
        json.WriteStartObject("delta"u8);
        json.WriteString("type"u8, type);
        json.WriteString(field, value);
        json.WriteEndObject();
    });

    private void Stop(PooledBody output)
    {
        _kind = Kind.None;
        MessagesEvent.Write(output, "content_block_stop", json => json.WriteNumber("index"u8, _index));
    }
}

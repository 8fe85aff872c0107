using System.Text;
using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Protocols.Messages;

/// <summary>
/// Writes a message event by event. Blocks follow each other, so a call that begins before an earlier one is complete waits for it. Most providers count
/// tokens at the end only: the whole usage stands in <c>message_delta</c>.
/// </summary>
internal sealed class MessagesStreamWriter(AnswerContext context) : IAnswerWriter
{
    private readonly MessagesOpenBlock _block = new(MessagesAnswerJson.TellsThoughts(context.Request));
    private readonly Queue<PendingCall> _waiting = [];
    private readonly Dictionary<int, PendingCall> _calls = [];
    private PendingCall? _current;
    private string? _id;
    private Counted? _usage;
    private Finished? _finished;
    private bool _begun;
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
                Begin(output);
                Enqueue(call, output);
                break;
            case ToolArguments arguments:
                if (_calls.TryGetValue(arguments.Index, out var known))
                {
                    Tell(known, arguments.Json, output);
                }

                break;
            default:
                Begin(output);
                TellCalls(output);
                _refused |= part is RefusalDelta;
                _block.Write(part, output);
                break;
        }
    }

    public void Ping(PooledBody output)
    {
        if (_begun)
        {
            MessagesEvent.Write(output, "ping", static _ => { });
        }
    }

    public void Complete(PooledBody output)
    {
        Begin(output);
        TellCalls(output);
        _block.Close(output);
        MessagesEvent.Write(output, "message_delta", json =>
        {
            json.WriteStartObject("delta"u8);
            MessagesAnswerJson.WriteStop(json, _finished, _calls.Count > 0, _refused);
            json.WriteEndObject();
            MessagesAnswerJson.WriteUsage(json, _usage);
        });
        MessagesEvent.Write(output, "message_stop", static _ => { });
    }

    private void Begin(PooledBody output)
    {
        if (_begun)
        {
            return;
        }

        _begun = true;
        MessagesEvent.Write(output, "message_start", json =>
        {
            json.WriteStartObject("message"u8);
            MessagesAnswerJson.WriteHead(json, _id, context);
            json.WriteStartArray("content"u8);
            json.WriteEndArray();
            json.WriteNull("stop_reason"u8);
            json.WriteNull("stop_sequence"u8);
            MessagesAnswerJson.WriteUsage(json, _usage);
            json.WriteEndObject();
        });
    }

    private void Enqueue(ToolStart call, PooledBody output)
    {
        _waiting.Enqueue(_calls[call.Index] = new PendingCall(call));
        if (_current is null or { IsWhole: true })
        {
            Next(output);
        }
    }

    private void Tell(PendingCall call, string arguments, PooledBody output)
    {
        if (call == _current)
        {
            _block.WriteArguments(arguments, output);
        }

        call.Arguments.Append(arguments);
        if (call != _current && _current is { IsWhole: true })
        {
            Next(output);
        }
    }

    /// <summary>Begins the next call that waits, and tells what is known of it.</summary>
    private void Next(PooledBody output)
    {
        if (_waiting.TryDequeue(out _current))
        {
            _block.Open(_current.Call, output);
            _block.WriteArguments(_current.Arguments.ToString(), output);
        }
    }

    /// <summary>Tells all calls that wait: no more of their arguments can come.</summary>
    private void TellCalls(PooledBody output)
    {
        do
        {
            Next(output);
        }
        while (_current is not null);
    }

    private sealed record PendingCall(ToolStart Call)
    {
        /// <summary>As far as they have come.</summary>
        public StringBuilder Arguments { get; } = new();

        public bool IsWhole => Arguments.Length > 0 && CallArguments.Object(Arguments.ToString()) is not null;
    }
}

using System.Text.Json;
using Gateflow.Core.Catalog;
using Gateflow.Core.Rollout;
using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Errors;

namespace Gateflow.Gateway.Protocols.Messages;

/// <summary>The envelope of a message. Streams tell their usage unasked.</summary>
internal sealed class MessagesEnvelopeReader : EnvelopeReader
{
    public static readonly MessagesEnvelopeReader Instance = new();

    protected override ReadOnlySpan<byte> Input => "messages"u8;

    protected override Capabilities Kind => Capabilities.Chat | Capabilities.MessagesApi;

    protected override GatewayError? ReadInput(ref Utf8JsonReader reader, ReadOnlySpan<byte> body, Envelope envelope) =>
        MessagesTurnReader.Read(ref reader, body, envelope);

    protected override void ReadParameter(ref Utf8JsonReader reader, ReadOnlySpan<byte> body, Envelope envelope) =>
        MessagesParameterReader.Read(ref reader, body, envelope);

    protected override void Complete(Envelope envelope, int afterBrace)
    {
        envelope.BareCalls &= envelope.ThinksByBudget;

        // System text and messages come in any order: their hashes are joined when both are known.
        envelope.Conversation = envelope.Conversation == 0 ? 0 : StableHash.Combine(envelope.System, envelope.Conversation);
    }
}

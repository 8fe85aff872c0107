using System.Text.Json;
using Gateflow.Core.Catalog;
using Gateflow.Core.Rollout;
using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Errors;

namespace Gateflow.Gateway.Protocols.Responses;

/// <summary>The envelope of a response. Streams tell their usage unasked.</summary>
internal sealed class ResponsesEnvelopeReader : EnvelopeReader
{
    public static readonly ResponsesEnvelopeReader Instance = new();

    protected override ReadOnlySpan<byte> Input => "input"u8;

    /// <summary>A stored prompt or an earlier response may stand in its place, which the provider knows best.</summary>
    protected override bool NeedsInput => false;

    protected override Capabilities Kind => Capabilities.Chat | Capabilities.ResponsesApi;

    protected override GatewayError? ReadInput(ref Utf8JsonReader reader, ReadOnlySpan<byte> body, Envelope envelope) =>
        ResponsesInputReader.Read(ref reader, body, envelope);

    protected override void ReadParameter(ref Utf8JsonReader reader, ReadOnlySpan<byte> body, Envelope envelope) =>
        ResponsesParameterReader.Read(ref reader, body, envelope);

    protected override void Complete(Envelope envelope, int afterBrace)
    {
        // Instructions and input come in any order: what both say is joined when both are known.
        envelope.Capabilities |= envelope.System == 0 ? Capabilities.None : Capabilities.SystemRole;
        envelope.Conversation = envelope.Conversation == 0 ? 0 : StableHash.Combine(envelope.System, envelope.Conversation);
    }
}

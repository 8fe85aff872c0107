using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Errors;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Protocols.Messages;

/// <summary>Anthropic's messages as callers speak them.</summary>
internal sealed class MessagesProtocol : ICallerProtocol
{
    public Protocol Kind => Protocol.Messages;

    public GatewayError? ReadEnvelope(ReadOnlySpan<byte> body, Envelope envelope) => MessagesEnvelopeReader.Instance.Read(body, envelope);

    public ModelRequest ReadRequest(ReadOnlySpan<byte> body) => MessagesRequestReader.Read(body);

    public bool TellsThoughts(ModelRequest request) => MessagesAnswerJson.TellsThoughts(request);

    public IAnswerWriter CreateWriter(AnswerContext context) => context.Stream ? new MessagesStreamWriter(context) : new MessagesAnswerWriter(context);

    public ReadOnlyMemory<byte> ErrorBody(GatewayError error, string? documentation, string requestId) => AnthropicError.Json(error, requestId);

    public ReadOnlyMemory<byte> ErrorEvent(GatewayError error, string? documentation, string requestId, int sequence) => AnthropicError.Event(error, requestId);
}

using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Errors;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Protocols.Chat;

/// <summary>OpenAI chat completions as callers speak them.</summary>
internal sealed class ChatProtocol : ICallerProtocol
{
    public Protocol Kind => Protocol.Chat;

    public GatewayError? ReadEnvelope(ReadOnlySpan<byte> body, Envelope envelope) => ChatEnvelopeReader.Instance.Read(body, envelope);

    public ModelRequest ReadRequest(ReadOnlySpan<byte> body) => ChatRequestReader.Read(body);

    public IAnswerWriter CreateWriter(AnswerContext context) => context.Stream ? new ChatStreamWriter(context) : new ChatAnswerWriter(context);

    public ReadOnlyMemory<byte> ErrorBody(GatewayError error, string? documentation, string requestId) => OpenAIError.Json(error, documentation);

    public ReadOnlyMemory<byte> ErrorEvent(GatewayError error, string? documentation, string requestId, int sequence) => OpenAIError.Event(error, documentation);
}

using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Errors;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Protocols.Responses;

/// <summary>OpenAI responses as callers speak them.</summary>
internal sealed class ResponsesProtocol : ICallerProtocol
{
    public Protocol Kind => Protocol.Responses;

    public GatewayError? ReadEnvelope(ReadOnlySpan<byte> body, Envelope envelope) => ResponsesEnvelopeReader.Instance.Read(body, envelope);

    public ModelRequest ReadRequest(ReadOnlySpan<byte> body) => ResponsesRequestReader.Read(body);

    public IAnswerWriter CreateWriter(AnswerContext context) => new ResponsesWriter(context);

    public ReadOnlyMemory<byte> ErrorBody(GatewayError error, string? documentation, string requestId) => OpenAIError.Json(error, documentation);

    public ReadOnlyMemory<byte> ErrorEvent(GatewayError error, string? documentation, string requestId, int sequence) => ResponsesError.Event(error, sequence);
}

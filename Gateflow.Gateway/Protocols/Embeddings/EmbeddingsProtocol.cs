using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Errors;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Protocols.Embeddings;

/// <summary>OpenAI embeddings. Vectors of one model mean nothing to another, so they pass through or are refused, never translated.</summary>
internal sealed class EmbeddingsProtocol : ICallerProtocol
{
    public Protocol Kind => Protocol.Embeddings;

    public GatewayError? ReadEnvelope(ReadOnlySpan<byte> body, Envelope envelope) => EmbeddingsEnvelopeReader.Instance.Read(body, envelope);

    public ModelRequest ReadRequest(ReadOnlySpan<byte> body) => throw new InvalidOperationException("Embeddings are never translated.");

    public IAnswerWriter CreateWriter(AnswerContext context) => throw new InvalidOperationException("Embeddings are never translated.");

    public ReadOnlyMemory<byte> ErrorBody(GatewayError error, string? documentation, string requestId) => OpenAIError.Json(error, documentation);

    public ReadOnlyMemory<byte> ErrorEvent(GatewayError error, string? documentation, string requestId, int sequence) => OpenAIError.Event(error, documentation);
}

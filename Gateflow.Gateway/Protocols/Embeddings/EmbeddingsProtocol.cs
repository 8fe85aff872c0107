using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Errors;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Protocols.Embeddings;

/// <summary>OpenAI embeddings. Vectors of one model mean nothing to another: what is translated is how they are asked for and told, never they themselves.</summary>
internal sealed class EmbeddingsProtocol : ICallerProtocol
{
    public Protocol Kind => Protocol.Embeddings;

    public GatewayError? ReadEnvelope(ReadOnlySpan<byte> body, Envelope envelope) => EmbeddingsEnvelopeReader.Instance.Read(body, envelope);

    public ModelRequest ReadRequest(ReadOnlySpan<byte> body) => EmbeddingsRequestReader.Read(body);

    public IAnswerWriter CreateWriter(AnswerContext context) => new EmbeddingsAnswerWriter(context);

    public ReadOnlyMemory<byte> ErrorBody(GatewayError error, string? documentation, string requestId) => OpenAIError.Json(error, documentation);

    public ReadOnlyMemory<byte> ErrorEvent(GatewayError error, string? documentation, string requestId, int sequence) => OpenAIError.Event(error, documentation);
}

using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Errors;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Protocols;

/// <summary>A protocol that callers speak: how its requests are read, and answers and errors written.</summary>
internal interface ICallerProtocol
{
    Protocol Kind { get; }

    /// <summary>Step 2: fills the envelope in one pass over the body, without a document; the error when the body cannot be forwarded. Never throws for any input.</summary>
    GatewayError? ReadEnvelope(ReadOnlySpan<byte> body, Envelope envelope);

    /// <summary>Reads the whole request, for a provider of another protocol.</summary>
    /// <param name="body">Whole, valid JSON, whose envelope was read without an error.</param>
    /// <exception cref="NotCarriedException">A field has a form that the protocol does not know.</exception>
    ModelRequest ReadRequest(ReadOnlySpan<byte> body);

    /// <summary>Whether the answer tells thoughts that nobody signed.</summary>
    bool TellsThoughts(ModelRequest request) => true;

    /// <summary>Writes an answer that came in another protocol.</summary>
    IAnswerWriter CreateWriter(AnswerContext context);

    /// <summary>The body of an error, JSON.</summary>
    /// <param name="documentation">Address of the page of error codes; null for none.</param>
    ReadOnlyMemory<byte> ErrorBody(GatewayError error, string? documentation, string requestId);

    /// <summary>The event, framed whole, that ends a stream which broke.</summary>
    /// <param name="sequence">How many events the caller has got before.</param>
    ReadOnlyMemory<byte> ErrorEvent(GatewayError error, string? documentation, string requestId, int sequence);
}

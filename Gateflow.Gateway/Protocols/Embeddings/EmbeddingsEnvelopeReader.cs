using System.Text.Json;
using Gateflow.Core.Catalog;
using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Errors;

namespace Gateflow.Gateway.Protocols.Embeddings;

/// <summary>The envelope of a request for embeddings.</summary>
internal sealed class EmbeddingsEnvelopeReader : EnvelopeReader
{
    /// <summary>Characters that a token stands for in the estimate of tokens.</summary>
    private const int TokenLength = 4;

    public static readonly EmbeddingsEnvelopeReader Instance = new();

    protected override ReadOnlySpan<byte> Input => "input"u8;

    protected override Capabilities Kind => Capabilities.Embeddings;

    /// <summary>A text, an array of texts, tokens, or an array of tokens.</summary>
    protected override GatewayError? ReadInput(ref Utf8JsonReader reader, ReadOnlySpan<byte> body, Envelope envelope)
    {
        reader.Read();
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.StartArray))
        {
            return GatewayError.Invalid("input", "a text, tokens or an array of either");
        }

        envelope.PromptLength = 0;
        var depth = reader.CurrentDepth;
        do
        {
            envelope.PromptLength += reader.TokenType switch
            {
                JsonTokenType.String => reader.ValueSpan.Length,
                JsonTokenType.Number => TokenLength,
                _ => 0,
            };
        }
        while ((reader.CurrentDepth > depth || reader.TokenType == JsonTokenType.StartArray) && reader.Read());

        return null;
    }

    protected override void ReadParameter(ref Utf8JsonReader reader, ReadOnlySpan<byte> body, Envelope envelope)
    {
        var isUser = reader.ValueTextEquals("user"u8);
        reader.Read();
        if (isUser)
        {
            envelope.User = reader.TokenType == JsonTokenType.String && reader.GetString() is { Length: > 0 } user ? user : null;
            envelope.Set(Capabilities.Metadata, true);
        }

        reader.Skip();
    }
}

using Gateflow.Core.Catalog;
using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Protocols.Chat;
using Gateflow.Gateway.Usage;

namespace Gateflow.Gateway.Replay;

/// <summary>What is known of a chat completion's request without sending it.</summary>
/// <param name="InputTokens">Estimated from the length of texts and tools.</param>
public sealed record DirectFacts(string Model, Capabilities Capabilities, int InputTokens)
{
    /// <summary>The facts, or what is wrong with the request: never a word of its content.</summary>
    public static (DirectFacts? Facts, string? Fault) Of(ReadOnlySpan<byte> chat)
    {
        var envelope = new Envelope();
        return ChatEnvelopeReader.Instance.Read(chat, envelope) is { } fault
            ? (null, fault.Message)
            : (new DirectFacts(envelope.Model, envelope.Capabilities, (int)Math.Min(int.MaxValue, TokenEstimate.Of(envelope.PromptLength))), null);
    }
}

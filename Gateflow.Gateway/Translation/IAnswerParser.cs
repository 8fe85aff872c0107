namespace Gateflow.Gateway.Translation;

/// <summary>Reads one answer of a provider into parts. Holds the state of its stream: one parser an answer.</summary>
internal interface IAnswerParser
{
    /// <summary>Reads one event of a stream; false when it is not the protocol's. Never throws for any input.</summary>
    /// <param name="data">The event's data.</param>
    /// <param name="name">The event's name, where the framing has one.</param>
    /// <param name="parts">Gets what the event tells; may be nothing.</param>
    bool TryReadEvent(ReadOnlySpan<byte> data, string? name, List<AnswerPart> parts);

    /// <summary>Reads an answer that is not a stream; false when it is not the protocol's. Never throws for any input.</summary>
    bool TryReadWhole(ReadOnlySpan<byte> json, List<AnswerPart> parts);
}

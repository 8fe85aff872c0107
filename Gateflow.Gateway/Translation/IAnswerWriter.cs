using Gateflow.Gateway.Envelopes;

namespace Gateflow.Gateway.Translation;

/// <summary>Writes one answer in a caller's protocol: of a stream event by event, else one JSON object at the end.</summary>
internal interface IAnswerWriter
{
    /// <summary>Takes the next part; a stream's events are appended to <paramref name="output"/>. Never <see cref="Failed"/>.</summary>
    void Add(AnswerPart part, PooledBody output);

    /// <summary>The answer is complete: appends a stream's last events, or the whole body.</summary>
    void Complete(PooledBody output);
}

using Gateflow.Gateway.Envelopes;

namespace Gateflow.Gateway.Translation;

/// <summary>Writes one answer in a caller's protocol: of a stream event by event, else one JSON object at the end.</summary>
internal interface IAnswerWriter
{
    /// <summary>How many events of a stream have been written; counted only where the protocol numbers them, else 0.</summary>
    int Events => 0;

    /// <summary>Takes the next part; a stream's events are appended to <paramref name="output"/>. Never <see cref="Failed"/>.</summary>
    void Add(AnswerPart part, PooledBody output);

    /// <summary>Shows, where the protocol has a word for it, that a stream goes on of which nothing is told.</summary>
    void Ping(PooledBody output)
    {
    }

    /// <summary>The answer is complete: appends a stream's last events, or the whole body.</summary>
    void Complete(PooledBody output);
}

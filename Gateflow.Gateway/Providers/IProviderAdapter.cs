using System.Text.Json.Nodes;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Errors;
using Gateflow.Gateway.Protocols;
using Gateflow.Gateway.Relay;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers;

/// <summary>One API of a kind of provider: addresses, authentication, how requests are written and answers read. Holds no state of a request.</summary>
internal interface IProviderAdapter
{
    /// <summary>The callers' protocol whose bytes pass through unchanged; null when every request is translated.</summary>
    Protocol? Native { get; }

    /// <summary>The HTTP request with address and authentication.</summary>
    ValueTask<HttpRequestMessage> CreateAsync(ProviderRequest request, CancellationToken cancellationToken);

    /// <summary>Hears of a request that was answered with 401: what it was signed with is not to be used again.</summary>
    void Refused(ProviderEndpoint provider, HttpRequestMessage request)
    {
    }

    /// <summary>Writes a request of another protocol, the model included where the body names it.</summary>
    /// <exception cref="NotCarriedException">The provider has no word for a part that answers depend on.</exception>
    JsonObject Write(ModelRequest request, ModelEndpoint endpoint, ShimNotes notes);

    /// <summary>Reads one answer to a request that was translated.</summary>
    IAnswerParser CreateParser();

    /// <summary>Finds the events of a stream.</summary>
    IFrameScanner CreateScanner() => new SseFrames();

    bool IsStream(string? mediaType) => mediaType == "text/event-stream";

    /// <summary>
    /// Of answers that pass through: reads a whole one, or the data of one event of a stream; false when it is not the protocol's. Called only
    /// where <see cref="Native"/> is the caller's protocol.
    /// </summary>
    bool TryRead(ReadOnlySpan<byte> json, AnswerFacts facts, out AnswerMarks marks);

    /// <summary>What an answer other than 2xx means.</summary>
    AttemptResult Classify(int status, ReadOnlySpan<byte> error);

    /// <summary>The provider's error for a caller of another protocol: status, kind and the provider's own message.</summary>
    GatewayError ReadError(int status, ReadOnlySpan<byte> error, string provider);

    /// <summary>The wait that a provider asks for in the body of an error rather than in a header; null where it asks for none.</summary>
    TimeSpan? ReadRetryAfter(ReadOnlySpan<byte> error) => null;
}

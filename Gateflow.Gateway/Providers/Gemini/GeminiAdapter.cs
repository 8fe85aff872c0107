using System.Text.Json.Nodes;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Errors;
using Gateflow.Gateway.Protocols;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.Gemini;

/// <summary>Google's own API of Gemini: <c>generateContent</c> with an API key. No caller speaks it, so that every request is translated.</summary>
internal sealed class GeminiAdapter : IProviderAdapter
{
    private readonly GeminiCalls _calls = new("generateContent");

    public Protocol? Native => null;

    public ValueTask<HttpRequestMessage> CreateAsync(ProviderRequest request, CancellationToken cancellationToken) => _calls.CreateAsync(request);

    public JsonObject Write(ModelRequest request, ModelEndpoint endpoint, ShimNotes notes) => GenerateRequestWriter.Write(request, endpoint, notes);

    public IAnswerParser CreateParser() => new GenerateAnswerParser();

    public bool TryRead(ReadOnlySpan<byte> json, AnswerFacts facts, out AnswerMarks marks) =>
        throw new InvalidOperationException("Answers of Gemini never pass through.");

    public AttemptResult Classify(int status, ReadOnlySpan<byte> error) => GoogleErrors.Classify(status, error);

    public GatewayError ReadError(int status, ReadOnlySpan<byte> error, string provider) => GoogleErrors.Read(status, error, provider);

    public TimeSpan? ReadRetryAfter(ReadOnlySpan<byte> error) => GoogleErrors.RetryAfter(error);
}

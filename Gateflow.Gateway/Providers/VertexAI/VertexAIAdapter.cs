using System.Text.Json.Nodes;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Errors;
using Gateflow.Gateway.Protocols;
using Gateflow.Gateway.Providers.Gemini;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.VertexAI;

/// <summary>Gemini in a Google Cloud project: addresses and authentication are its own, requests and answers are Gemini's.</summary>
internal sealed class VertexAIAdapter(GeminiAdapter gemini) : IProviderAdapter
{
    private readonly VertexCalls _calls = new(static _ => "generateContent");

    public Protocol? Native => null;

    public ValueTask<HttpRequestMessage> CreateAsync(ProviderRequest request, CancellationToken cancellationToken) => _calls.CreateAsync(request, cancellationToken);

    public void Refused(ProviderEndpoint provider, HttpRequestMessage request) => VertexCalls.Refused(provider, request);

    public JsonObject Write(ModelRequest request, ModelEndpoint endpoint, ShimNotes notes) => gemini.Write(request, endpoint, notes);

    public IAnswerParser CreateParser() => gemini.CreateParser();

    public bool TryRead(ReadOnlySpan<byte> json, AnswerFacts facts, out AnswerMarks marks) => gemini.TryRead(json, facts, out marks);

    public AttemptResult Classify(int status, ReadOnlySpan<byte> error) => gemini.Classify(status, error);

    public GatewayError ReadError(int status, ReadOnlySpan<byte> error, string provider) => gemini.ReadError(status, error, provider);

    public TimeSpan? ReadRetryAfter(ReadOnlySpan<byte> error) => gemini.ReadRetryAfter(error);
}

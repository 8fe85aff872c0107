using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Errors;
using Gateflow.Gateway.Protocols;
using Gateflow.Gateway.Providers.Gemini;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.VertexAI;

/// <summary>
/// Gemini in a Google Cloud project: addresses and authentication are its own, requests and answers are Gemini's. Calls bear the token of a service
/// account; without one the configured key is taken for a token.
/// </summary>
internal sealed class VertexAIAdapter(GeminiAdapter gemini) : IProviderAdapter
{
    private readonly ConditionalWeakTable<ModelEndpoint, GenerateAddresses> _addresses = [];
    private readonly ConditionalWeakTable<ProviderEndpoint, AccessTokens> _tokens = [];

    public Protocol? Native => null;

    public async ValueTask<HttpRequestMessage> CreateAsync(ProviderRequest what, CancellationToken cancellationToken)
    {
        var provider = what.Endpoint.Provider;
        var tokens = provider.ServiceAccountJson is null ? null : _tokens.GetValue(provider, static p => new AccessTokens(p));
        var token = tokens is null ? provider.ApiKey : await tokens.GetAsync(what.At, cancellationToken);
        var request = _addresses.GetValue(what.Endpoint, endpoint => VertexAddress.Of(endpoint, tokens?.Account.Project)).Create(what);
        if (token is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        }

        return request;
    }

    public void Refused(ProviderEndpoint provider, HttpRequestMessage request)
    {
        if (_tokens.TryGetValue(provider, out var tokens) && request.Headers.Authorization?.Parameter is { } token)
        {
            tokens.Forget(token);
        }
    }

    public JsonObject Write(ModelRequest request, ModelEndpoint endpoint, ShimNotes notes) => gemini.Write(request, endpoint, notes);

    public IAnswerParser CreateParser() => gemini.CreateParser();

    public bool TryRead(ReadOnlySpan<byte> json, AnswerFacts facts, out AnswerMarks marks) => gemini.TryRead(json, facts, out marks);

    public AttemptResult Classify(int status, ReadOnlySpan<byte> error) => gemini.Classify(status, error);

    public GatewayError ReadError(int status, ReadOnlySpan<byte> error, string provider) => gemini.ReadError(status, error, provider);

    public TimeSpan? ReadRetryAfter(ReadOnlySpan<byte> error) => gemini.ReadRetryAfter(error);
}

using System.Runtime.CompilerServices;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Providers.Gemini;

namespace Gateflow.Gateway.Providers.VertexAI;

/// <summary>Calls of models in a Google Cloud project. They bear the token of a service account; without one the configured key is taken for a token.</summary>
/// <param name="method">"generateContent", by the model.</param>
internal sealed class VertexCalls(Func<ModelEndpoint, string> method)
{
    private static readonly ConditionalWeakTable<ProviderEndpoint, AccessTokens> Tokens = [];

    private readonly ConditionalWeakTable<ModelEndpoint, GenerateAddresses> _addresses = [];

    public async ValueTask<HttpRequestMessage> CreateAsync(ProviderRequest what, CancellationToken cancellationToken)
    {
        var provider = what.Endpoint.Provider;
        var tokens = provider.ServiceAccountJson is null ? null : Tokens.GetValue(provider, static p => new AccessTokens(p));
        var token = tokens is null ? provider.ApiKey : await tokens.GetAsync(what.At, cancellationToken);
        var request = _addresses.GetValue(what.Endpoint, endpoint => VertexAddress.Of(endpoint, tokens?.Account.Project, method(endpoint))).Create(what);
        if (token is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        }

        return request;
    }

    /// <summary>The token of a request that was answered with 401 is not to be used again.</summary>
    public static void Refused(ProviderEndpoint provider, HttpRequestMessage request)
    {
        if (Tokens.TryGetValue(provider, out var tokens) && request.Headers.Authorization?.Parameter is { } token)
        {
            tokens.Forget(token);
        }
    }
}

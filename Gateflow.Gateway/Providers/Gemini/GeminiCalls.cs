using System.Runtime.CompilerServices;
using Gateflow.Core.Routing;

namespace Gateflow.Gateway.Providers.Gemini;

/// <summary>Calls of one method of Google's own API, with an API key.</summary>
/// <param name="method">"generateContent".</param>
internal sealed class GeminiCalls(string method)
{
    /// <summary>The version whose form the adapters speak.</summary>
    private const string OwnVersion = "v1beta";

    private readonly ConditionalWeakTable<ModelEndpoint, GenerateAddresses> _addresses = [];

    public ValueTask<HttpRequestMessage> CreateAsync(ProviderRequest what)
    {
        var request = _addresses.GetValue(what.Endpoint, AddressesOf).Create(what);
        if (what.Endpoint.Provider.ApiKey is { } key)
        {
            request.Headers.TryAddWithoutValidation("x-goog-api-key", key);
        }

        return ValueTask.FromResult(request);
    }

    /// <summary>"models/x"; a model may also be named in full: <c>tunedModels/x</c>.</summary>
    public static string NameOf(ModelEndpoint endpoint) => endpoint.UpstreamModel is var model && model.Contains('/', StringComparison.Ordinal) ? model : $"models/{Uri.EscapeDataString(model)}";

    private GenerateAddresses AddressesOf(ModelEndpoint endpoint)
    {
        var provider = endpoint.Provider;
        return new GenerateAddresses($"{provider.BaseUrl.AbsoluteUri.TrimEnd('/')}/{provider.ApiVersion ?? OwnVersion}/{NameOf(endpoint)}", method);
    }
}

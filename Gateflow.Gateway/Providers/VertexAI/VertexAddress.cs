using Gateflow.Core.Routing;
using Gateflow.Gateway.Providers.Gemini;

namespace Gateflow.Gateway.Providers.VertexAI;

/// <summary>Where a model of a Google Cloud project is called: <c>/v1/projects/{project}/locations/{location}/publishers/google/models/{model}</c>.</summary>
internal static class VertexAddress
{
    /// <summary>The version whose form the adapter speaks.</summary>
    private const string OwnVersion = "v1";

    /// <summary>Served from everywhere.</summary>
    private const string OwnLocation = "global";

    /// <param name="endpoint">A model may also be named in full below the location: <c>endpoints/123</c>, <c>publishers/meta/models/x</c>.</param>
    /// <param name="accountsProject">The service account's project, where the configuration names none.</param>
    /// <param name="method">What is called there.</param>
    /// <exception cref="ProviderSetupException">No project is known.</exception>
    public static GenerateAddresses Of(ModelEndpoint endpoint, string? accountsProject, string method)
    {
        var (provider, model) = (endpoint.Provider, endpoint.UpstreamModel);
        var project = provider.Project ?? accountsProject
            ?? throw new ProviderSetupException($"The provider '{provider.Name}' has no Google Cloud project (Gateflow:Providers:{provider.Name}:Project).");
        var name = model.Contains('/', StringComparison.Ordinal) ? model : $"publishers/google/models/{Uri.EscapeDataString(model)}";
        return new GenerateAddresses(
            $"{provider.BaseUrl.AbsoluteUri.TrimEnd('/')}/{provider.ApiVersion ?? OwnVersion}/projects/{Uri.EscapeDataString(project)}"
            + $"/locations/{Uri.EscapeDataString(provider.Location ?? OwnLocation)}/{name}",
            method);
    }
}

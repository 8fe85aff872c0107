using Gateflow.Core.Routing;

namespace Gateflow.Gateway.Providers.Azure;

/// <summary>
/// Where a deployment is called: <c>/openai/deployments/{deployment}/{operation}?api-version=2024-10-21</c>, or <c>/openai/v1/{operation}</c>, where the
/// body names the deployment.
/// </summary>
internal static class AzureAddress
{
    /// <summary>The newest version with a date that is no preview.</summary>
    private const string OwnVersion = "2024-10-21";

    /// <summary>Version <c>v1</c>, <c>preview</c> or <c>latest</c>, or a base address that ends in <c>/openai/v1</c>, chooses the newer surface.</summary>
    public static bool IsNewer(ProviderEndpoint provider) => provider.ApiVersion switch
    {
        "v1" or "preview" or "latest" => true,
        null => provider.BaseUrl.AbsoluteUri.TrimEnd('/').EndsWith("/openai/v1", StringComparison.OrdinalIgnoreCase),
        _ => false,
    };

    public static Uri Of(ModelEndpoint endpoint, string operation)
    {
        var (root, version) = (Root(endpoint.Provider), endpoint.Provider.ApiVersion);
        return IsNewer(endpoint.Provider)
            ? new Uri($"{root}/v1/{operation}{(version is null or "v1" ? "" : $"?api-version={version}")}")
            : new Uri($"{root}/deployments/{Uri.EscapeDataString(endpoint.UpstreamModel)}/{operation}?api-version={Uri.EscapeDataString(version ?? OwnVersion)}");
    }

    /// <summary>Where a resource lists the models that can be deployed there.</summary>
    public static Uri Models(ProviderEndpoint provider) => IsNewer(provider)
        ? new Uri($"{Root(provider)}/v1/models{(provider.ApiVersion is null or "v1" ? "" : $"?api-version={provider.ApiVersion}")}")
        : new Uri($"{Root(provider)}/models?api-version={Uri.EscapeDataString(provider.ApiVersion ?? OwnVersion)}");

    private static string Root(ProviderEndpoint provider) =>
        Without(Without(provider.BaseUrl.AbsoluteUri.TrimEnd('/'), "/v1"), "/openai") + "/openai";

    private static string Without(string text, string end) => text.EndsWith(end, StringComparison.OrdinalIgnoreCase) ? text[..^end.Length] : text;
}

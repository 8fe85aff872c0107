using System.Text.RegularExpressions;
using Gateflow.Core.Catalog;
using Gateflow.Core.Compatibility;
using Gateflow.Core.Routing;

namespace Gateflow.Gateway.Providers.OpenAI;

/// <summary>Which of OpenAI's two APIs for answers a model has, by the catalog's rules.</summary>
internal static partial class OpenAIApis
{
    /// <summary>True when the model answers on the Responses API only, or calls tools there only.</summary>
    public static bool NeedsResponses(ModelEndpoint endpoint, bool withTools)
    {
        var provider = endpoint.Provider.CatalogName;
        var facts = CatalogModel.Unknown(provider, endpoint.Provider.Type == ProviderType.AzureOpenAI ? Deployed(endpoint) : endpoint.UpstreamModel);
        return IsElsewhere(Capabilities.Chat) || (withTools && IsElsewhere(Capabilities.FunctionCalling));

        bool IsElsewhere(Capabilities use) =>
            endpoint.Rules.Find(facts, provider, use)?.Actions is { } actions && actions.Any(static action => action.Kind == ShimKind.OtherApi);
    }

    /// <summary>True for models without the Responses API: those for search and sound, and the first small reasoning models (github.com/truefoundry/models/pull/2006).</summary>
    public static bool HasChatOnly(string model) => ChatOnly().IsMatch(model);

    /// <summary>The model behind a deployment, whose name may be any.</summary>
    private static string Deployed(ModelEndpoint endpoint) =>
        endpoint.Facts?.Id ?? endpoint.Provider.Deployments.FirstOrDefault(deployment => deployment.Value == endpoint.UpstreamModel).Key ?? endpoint.UpstreamModel;

    [GeneratedRegex("-search-preview|-search-api|^gpt-audio|-audio-preview|^o1-mini|^o1-preview", RegexOptions.CultureInvariant)]
    private static partial Regex ChatOnly();
}

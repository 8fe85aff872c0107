using Gateflow.Core.Routing;
using Gateflow.Gateway.Providers.OpenAI;

namespace Gateflow.Gateway.Providers;

/// <summary>The adapter of each protocol.</summary>
internal static class ProviderAdapters
{
    private static readonly OpenAIAdapter OpenAI = new();

    /// <summary>The adapter; null for a protocol that is not spoken yet.</summary>
    public static IProviderAdapter? Find(ProviderType type) => type is ProviderType.OpenAI or ProviderType.OpenAICompatible ? OpenAI : null;
}

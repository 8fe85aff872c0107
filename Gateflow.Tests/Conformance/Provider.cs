using Gateflow.Core.Routing;
using Gateflow.Tests.Pipeline;
using Gateflow.Tests.Simulator;

namespace Gateflow.Tests.Conformance;

/// <summary>An API of a provider, as the simulator speaks it.</summary>
/// <param name="Name">As the document calls it.</param>
/// <param name="Model">Served there, by this name for callers.</param>
/// <param name="Upstream">The provider's own name of it.</param>
internal sealed record Provider(string Name, ProviderType Type, string Model, string Upstream, Func<SimulatorHost, Uri> BaseUrl, Func<ProviderEndpoint, ProviderEndpoint>? Change = null)
{
    /// <summary>The provider's own name of a model of embeddings; null where it has none.</summary>
    public string? Embedder { get; init; }

    /// <summary>Served there, by this name for callers.</summary>
    public string EmbeddingModel => $"{Model}-embedder";

    public static IReadOnlyList<Provider> All { get; } =
    [
        new("OpenAI", ProviderType.OpenAI, "gpt-4o", "gpt-4o", s => new Uri(s.BaseUrl)) { Embedder = "text-embedding-3-small" },
        new("OpenAI, Responses only", ProviderType.OpenAI, "o1-pro", "o1-pro", s => new Uri(s.BaseUrl)) { Embedder = "text-embedding-3-large" },
        new("OpenAI-compatible", ProviderType.OpenAICompatible, "local", "gpt-4o-local", s => new Uri(s.BaseUrl)) { Embedder = "bge-local" },
        new("Azure OpenAI", ProviderType.AzureOpenAI, "azure-gpt", "gpt-4o-azure", s => new Uri(s.Root)) { Embedder = "text-embedding-azure" },
        new("Anthropic", ProviderType.Anthropic, "claude", "claude-sonnet-4-5-20250929", s => new Uri(s.Root)),
        new("Gemini", ProviderType.Gemini, "gemini", "gemini-2.5-flash", s => new Uri(s.Root)) { Embedder = "gemini-embedding-001" },
        new("Bedrock", ProviderType.Bedrock, "bedrock", "eu.anthropic.claude-sonnet-4-5-20250929-v1:0", s => new Uri(s.Root), p => p with
        {
            ApiKey = null, Region = "eu-central-1", AccessKeyId = "AKIDEXAMPLE", SecretAccessKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        })
        { Embedder = "amazon.titan-embed-text-v2:0" },
    ];

    public void Serve(GatewayHost host, SimulatorHost simulator)
    {
        host.Serve(Model, Type, BaseUrl(simulator), Upstream, Change);
        host.Serve(EmbeddingModel, Type, BaseUrl(simulator), Embedder, Change);
    }
}

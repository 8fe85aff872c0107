using Gateflow.Core.Catalog;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Protocols;
using Gateflow.Gateway.Providers.Anthropic;
using Gateflow.Gateway.Providers.Azure;
using Gateflow.Gateway.Providers.Bedrock;
using Gateflow.Gateway.Providers.Gemini;
using Gateflow.Gateway.Providers.OpenAI;
using Gateflow.Gateway.Providers.VertexAI;

namespace Gateflow.Gateway.Providers;

/// <summary>Which API of a provider answers a caller's protocol: its own where it has it, else the one that is translated to.</summary>
internal static class ProviderAdapters
{
    private static readonly OpenAIChatAdapter OpenAIChat = new();
    private static readonly OpenAIResponsesAdapter OpenAIResponses = new();
    private static readonly AnthropicMessagesAdapter AnthropicMessages = new();
    private static readonly OpenAIEmbeddingsAdapter OpenAIEmbeddings = new();
    private static readonly BedrockConverseAdapter BedrockConverse = new();
    private static readonly AzureOpenAIAdapter AzureChat = new(OpenAIChat, "chat/completions");
    private static readonly AzureOpenAIAdapter AzureResponses = new(OpenAIResponses, "responses");
    private static readonly AzureOpenAIAdapter AzureEmbeddings = new(OpenAIEmbeddings, "embeddings");
    private static readonly GeminiAdapter Gemini = new();
    private static readonly VertexAIAdapter VertexAI = new(Gemini);
    private static readonly GeminiEmbeddingsAdapter GeminiEmbeddings = new();
    private static readonly VertexEmbeddingsAdapter VertexEmbeddings = new();
    private static readonly BedrockEmbeddingsAdapter BedrockEmbeddings = new();

    /// <summary>The adapter; null when the provider has no API that could answer.</summary>
    /// <param name="endpoint">The model at its provider: some models have one API only.</param>
    /// <param name="asked">What the caller speaks.</param>
    /// <param name="withTools">Whether tools are given: some models call them in one API only.</param>
    public static IProviderAdapter? Find(ModelEndpoint endpoint, Protocol asked, bool withTools = false) => endpoint.Provider.Type switch
    {
        ProviderType.OpenAI => FindOpenAI(endpoint, asked, withTools),
        ProviderType.OpenAICompatible => asked switch
        {
            Protocol.Responses when endpoint.Provider.Responses => OpenAIResponses,
            Protocol.Embeddings => OpenAIEmbeddings,
            _ => OpenAIChat,
        },
        ProviderType.AzureOpenAI => FindAzure(endpoint, asked, withTools),
        ProviderType.Anthropic => asked == Protocol.Embeddings ? null : AnthropicMessages,
        ProviderType.Bedrock => asked != Protocol.Embeddings ? BedrockConverse : BedrockEmbeddingsAdapter.Knows(endpoint) ? BedrockEmbeddings : null,
        ProviderType.Gemini => FindGoogle(endpoint, asked, Gemini, GeminiEmbeddings),
        ProviderType.VertexAI => FindGoogle(endpoint, asked, VertexAI, VertexEmbeddings),
        _ => null,
    };

    private static IProviderAdapter FindOpenAI(ModelEndpoint endpoint, Protocol asked, bool withTools) => asked switch
    {
        Protocol.Responses => OpenAIApis.HasChatOnly(endpoint.UpstreamModel) ? OpenAIChat : OpenAIResponses,
        Protocol.Embeddings => OpenAIEmbeddings,
        _ => OpenAIApis.NeedsResponses(endpoint, withTools) ? OpenAIResponses : OpenAIChat,
    };

    /// <summary>The surface with dates has no Responses API here: models that need it, as the catalog knows, cannot be asked there.</summary>
    private static AzureOpenAIAdapter? FindAzure(ModelEndpoint endpoint, Protocol asked, bool withTools) => asked switch
    {
        Protocol.Responses when AzureAddress.IsNewer(endpoint.Provider) => AzureResponses,
        Protocol.Embeddings => AzureEmbeddings,
        _ when !OpenAIApis.NeedsResponses(endpoint, withTools) => AzureChat,
        _ when AzureAddress.IsNewer(endpoint.Provider) => AzureResponses,
        _ => endpoint.Facts is null ? AzureChat : null,
    };

    /// <summary>A model of Google's answers in words or gives vectors; asked for the other it is denied as if it were gone. Of one that nobody knows, it is asked.</summary>
    private static IProviderAdapter? FindGoogle(ModelEndpoint endpoint, Protocol asked, IProviderAdapter words, IProviderAdapter vectors) =>
        GivesVectors(endpoint) is { } known && known != (asked == Protocol.Embeddings) ? null : asked == Protocol.Embeddings ? vectors : words;

    /// <summary>By the catalog, the id, or the name that callers use; null for one's own "endpoints/123" where they do not tell.</summary>
    private static bool? GivesVectors(ModelEndpoint endpoint) =>
        endpoint.Facts is { Mode: ModelMode.Embedding } || endpoint.Facts?.Supports(Capabilities.Embeddings) == true || SaysEmbed(endpoint.UpstreamModel)
            || endpoint.Provider.Deployments.Any(deployment => deployment.Value == endpoint.UpstreamModel && SaysEmbed(deployment.Key)) ? true
        : endpoint.Facts is null && endpoint.UpstreamModel.StartsWith("endpoints/", StringComparison.Ordinal) ? null
        : false;

    private static bool SaysEmbed(string name) => name.Contains("embed", StringComparison.OrdinalIgnoreCase);
}

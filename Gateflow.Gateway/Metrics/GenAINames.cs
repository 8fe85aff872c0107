using Gateflow.Core.Routing;
using Gateflow.Gateway.Protocols;

namespace Gateflow.Gateway.Metrics;

/// <summary>Names and values of OpenTelemetry's semantic conventions for generative AI, as far as a gateway has them (registry of attributes, <c>gen_ai.*</c>).</summary>
internal static class GenAINames
{
    public const string Operation = "gen_ai.operation.name";
    public const string Provider = "gen_ai.provider.name";
    public const string RequestModel = "gen_ai.request.model";
    public const string ResponseModel = "gen_ai.response.model";
    public const string TokenType = "gen_ai.token.type";
    public const string InputTokens = "gen_ai.usage.input_tokens";
    public const string OutputTokens = "gen_ai.usage.output_tokens";
    public const string ErrorType = "error.type";

    public static string OperationOf(Protocol protocol) => protocol == Protocol.Embeddings ? "embeddings" : "chat";

    /// <summary>The convention's word for a kind of provider; a compatible server goes by the name that it was given.</summary>
    public static string ProviderOf(ProviderEndpoint provider) => provider.Type switch
    {
        ProviderType.OpenAI => "openai",
        ProviderType.Anthropic => "anthropic",
        ProviderType.AzureOpenAI => "azure.ai.openai",
        ProviderType.Gemini => "gcp.gemini",
        ProviderType.VertexAI => "gcp.vertex_ai",
        ProviderType.Bedrock => "aws.bedrock",
        _ => provider.Name,
    };
}

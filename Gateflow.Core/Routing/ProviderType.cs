namespace Gateflow.Core.Routing;

/// <summary>The protocol that a provider speaks.</summary>
public enum ProviderType
{
    OpenAI,
    Anthropic,
    AzureOpenAI,

    /// <summary>Google's Gemini API with an API key.</summary>
    Gemini,
    OpenAICompatible,

    /// <summary>Gemini in a Google Cloud project, with a service account.</summary>
    VertexAI,

    /// <summary>AWS Bedrock's Converse API, with Signature V4.</summary>
    Bedrock,
}

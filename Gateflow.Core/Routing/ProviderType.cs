namespace Gateflow.Core.Routing;

/// <summary>The protocol that a provider speaks.</summary>
public enum ProviderType
{
    OpenAI,
    Anthropic,
    AzureOpenAI,
    Gemini,
    OpenAICompatible,
}

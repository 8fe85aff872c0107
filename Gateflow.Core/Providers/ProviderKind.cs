using Gateflow.Core.Routing;

namespace Gateflow.Core.Providers;

/// <summary>What a type of provider is called and which of the fields it has, by their wire names.</summary>
public sealed record ProviderKind
{
    /// <summary>Every type, in the order in which people are offered them.</summary>
    public static readonly IReadOnlyList<ProviderKind> All =
    [
        new(ProviderType.OpenAI, "openai", "OpenAI")
        {
            Optional = ["base_url"], Required = [SecretNames.ApiKey], ListsModels = true,
        },
        new(ProviderType.Anthropic, "anthropic", "Anthropic")
        {
            Optional = ["base_url", "api_version"], Required = [SecretNames.ApiKey], ListsModels = true,
        },
        new(ProviderType.Gemini, "gemini", "Google Gemini")
        {
            Optional = ["base_url", "api_version"], Required = [SecretNames.ApiKey], ListsModels = true,
        },
        new(ProviderType.AzureOpenAI, "azure_openai", "Azure OpenAI")
        {
            Optional = ["api_version", "stream_options"], Required = ["base_url", SecretNames.ApiKey], ListsModels = true,
        },
        new(ProviderType.Bedrock, "bedrock", "AWS Bedrock")
        {
            Optional = ["base_url", SecretNames.SessionToken], Required = ["region", SecretNames.AccessKeyId, SecretNames.SecretAccessKey],
        },
        new(ProviderType.VertexAI, "vertex_ai", "Google Vertex AI")
        {
            Optional = ["base_url", "api_version", "location"], Required = ["project", SecretNames.ServiceAccountJson],
        },
        new(ProviderType.OpenAICompatible, "openai_compatible", "OpenAI-compatible server")
        {
            Optional = [SecretNames.ApiKey, "stream_options", "responses"], Required = ["base_url"], ListsModels = true,
        },
    ];

    /// <summary>Fields that only some types have.</summary>
    public static readonly IReadOnlyList<string> Special =
        [.. All.SelectMany(k => k.Optional.Concat(k.Required)).Distinct()];

    private ProviderKind(ProviderType type, string name, string title) => (Type, Name, Title) = (type, name, title);

    public ProviderType Type { get; }

    /// <summary>On the wire.</summary>
    public string Name { get; }

    /// <summary>For people.</summary>
    public string Title { get; }

    /// <summary>Fields beyond what every provider has.</summary>
    public IReadOnlyList<string> Optional { get; private init; } = [];

    public IReadOnlyList<string> Required { get; private init; } = [];

    /// <summary>True where one cheap GET says whether provider and key are good.</summary>
    public bool ListsModels { get; private init; }

    public static ProviderKind Of(ProviderType type) => All.First(k => k.Type == type);

    /// <summary>By wire name, or as the configuration writes it ("AzureOpenAI"); null when there is none.</summary>
    public static ProviderKind? Find(string? name) =>
        All.FirstOrDefault(k => k.Name == name || string.Equals(k.Type.ToString(), name, StringComparison.OrdinalIgnoreCase));

    public bool Has(string field) => Optional.Contains(field) || Required.Contains(field);

    /// <summary>The vendor's own address; null where everybody has another.</summary>
    public string? DefaultAddress(string? region, string? location) => Type switch
    {
        ProviderType.OpenAI => "https://api.openai.com/v1",
        ProviderType.Anthropic => "https://api.anthropic.com",
        ProviderType.Gemini => "https://generativelanguage.googleapis.com",
        ProviderType.VertexAI => location switch
        {
            null or "global" => "https://aiplatform.googleapis.com",
            "eu" or "us" => $"https://aiplatform.{location}.rep.googleapis.com", // the multi-regions
            _ => $"https://{location}-aiplatform.googleapis.com",
        },
        ProviderType.Bedrock when region is not null => $"https://bedrock-runtime.{region}.amazonaws.com",
        _ => null,
    };
}

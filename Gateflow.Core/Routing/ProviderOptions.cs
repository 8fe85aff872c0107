namespace Gateflow.Core.Routing;

/// <summary>One provider of the configuration: <c>Gateflow:Providers:NAME</c>.</summary>
public sealed class ProviderOptions
{
    public ProviderType? Type { get; set; }

    /// <summary>What the provider's official SDK takes as base address; by default the vendor's own.</summary>
    public string? BaseUrl { get; set; }

    /// <summary>The provider's key, or "${ENV_NAME}" to take it from the environment.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Model ids served there; by default the catalog's for that provider.</summary>
    public IList<string> Models { get; set; } = [];

    /// <summary>Longest wait for the first byte and for each further chunk, seconds, 1–3600.</summary>
    public double TimeoutSeconds { get; set; } = 60;
}

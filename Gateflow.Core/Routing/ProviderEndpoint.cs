namespace Gateflow.Core.Routing;

/// <summary>A configured provider, ready to be called. Holds a secret: never log or serialise it.</summary>
public sealed record ProviderEndpoint
{
    /// <summary>The name it has in configuration ("openai", "azure-eu" …).</summary>
    public required string Name { get; init; }

    public required ProviderType Type { get; init; }

    /// <summary>What the provider's official SDK takes as base address (OpenAI's with /v1), without a slash at the end.</summary>
    public required Uri BaseUrl { get; init; }

    /// <summary>The secret sent to the provider; null when it wants none.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Longest wait for the first byte of an answer, and for each further chunk.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>True for the demo's own provider: it serves the demo's keys, and others only what nobody else serves.</summary>
    public bool Demo { get; init; }

    public override string ToString() => Name;
}

namespace Gateflow.Core.Fallbacks;

/// <summary>The contract's reasons for which another model than the chosen one answers; the wire has them in snake_case.</summary>
public enum FallbackReason : byte
{
    /// <summary>The catalog's date of the model is past and its chain activates itself then.</summary>
    ModelDeprecated,

    /// <summary>The provider answered 5xx, or nothing that could be read, or the connection broke.</summary>
    ProviderError,

    /// <summary>The first byte did not come within the provider's time limit.</summary>
    Timeout,

    /// <summary>The provider answered 429, or its configured limit was reached.</summary>
    RateLimit,

    /// <summary>The provider says that it has no such model.</summary>
    ModelUnavailable,

    /// <summary>The circuit breaker of the model at its provider is open.</summary>
    CircuitOpen,
}

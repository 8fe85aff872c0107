namespace Gateflow.Gateway.Fallbacks;

/// <summary>Where a breaker stands.</summary>
public enum BreakerState
{
    /// <summary>Calls pass.</summary>
    Closed,

    /// <summary>Calls go elsewhere.</summary>
    Open,

    /// <summary>One call is trying whether the provider is back.</summary>
    HalfOpen,
}

using Gateflow.Core.Rollout;

namespace Gateflow.Core.Fallbacks;

/// <summary>From what an attempt came to, to the reason in the contract's words.</summary>
public static class FallbackReasons
{
    /// <summary>What a chain may act on when it names no triggers: everything but the catalog's date, which a switch of its own decides.</summary>
    public static readonly IReadOnlyList<FallbackReason> Triggers =
    [
        FallbackReason.ProviderError, FallbackReason.Timeout, FallbackReason.RateLimit, FallbackReason.ModelUnavailable, FallbackReason.CircuitOpen,
    ];

    /// <summary>The reason of a chain; null for what no chain may act on: authentication, bad request, content policy, and what is no failure.</summary>
    public static FallbackReason? OfChain(AttemptResult result) => result switch
    {
        AttemptResult.ServerError or AttemptResult.ConnectionFailed => FallbackReason.ProviderError,
        AttemptResult.Timeout => FallbackReason.Timeout,
        AttemptResult.RateLimited => FallbackReason.RateLimit,
        AttemptResult.ModelNotFound => FallbackReason.ModelUnavailable,
        AttemptResult.CircuitOpen => FallbackReason.CircuitOpen,
        _ => null,
    };

    /// <summary>The word for a failure of any kind: a migration's target is replaced by its source whatever it answered.</summary>
    public static FallbackReason Of(AttemptResult result) => OfChain(result) ?? FallbackReason.ProviderError;

    /// <summary>An attempt that ends for this reason.</summary>
    public static AttemptResult Attempt(FallbackReason reason) => reason switch
    {
        FallbackReason.Timeout => AttemptResult.Timeout,
        FallbackReason.RateLimit => AttemptResult.RateLimited,
        FallbackReason.CircuitOpen => AttemptResult.CircuitOpen,
        FallbackReason.ModelUnavailable or FallbackReason.ModelDeprecated => AttemptResult.ModelNotFound,
        _ => AttemptResult.ServerError,
    };

    /// <summary>The name on the wire; the same string each time.</summary>
    public static string Name(this FallbackReason reason) => reason switch
    {
        FallbackReason.ModelDeprecated => "model_deprecated",
        FallbackReason.Timeout => "timeout",
        FallbackReason.RateLimit => "rate_limit",
        FallbackReason.ModelUnavailable => "model_unavailable",
        FallbackReason.CircuitOpen => "circuit_open",
        _ => "provider_error",
    };
}

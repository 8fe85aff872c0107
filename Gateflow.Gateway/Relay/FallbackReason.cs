using Gateflow.Core.Rollout;

namespace Gateflow.Gateway.Relay;

/// <summary>The contract's words for why another model than the chosen one answered.</summary>
internal static class FallbackReason
{
    public static string Of(AttemptResult result) => result switch
    {
        AttemptResult.Timeout => "timeout",
        AttemptResult.RateLimited => "rate_limit",
        AttemptResult.ModelNotFound => "model_unavailable",
        AttemptResult.CircuitOpen => "circuit_open",
        _ => "provider_error",
    };
}

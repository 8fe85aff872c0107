using Gateflow.Core.Rollout;
using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Providers.Anthropic;

namespace Gateflow.Gateway.Forwarding;

/// <summary>When and after how long the last candidate is asked again.</summary>
/// <param name="MaxAttempts">Calls in all, at least 1.</param>
/// <param name="InitialDelay">Longest wait before the second call.</param>
/// <param name="Backoff">How waits grow.</param>
internal readonly record struct RetryPolicy(int MaxAttempts, TimeSpan InitialDelay, Backoff Backoff = Backoff.Exponential)
{
    public static readonly TimeSpan Cap = TimeSpan.FromSeconds(30);

    private static readonly RetryPolicy Default = new(3, TimeSpan.FromSeconds(1));

    public static RetryPolicy Of(Envelope envelope) => new(
        envelope.MaxAttempts ?? Default.MaxAttempts,
        envelope.RetryDelayMs is { } ms ? TimeSpan.FromMilliseconds(ms) : Default.InitialDelay,
        envelope.Backoff);

    /// <summary>
    /// How long to wait before the next call; null when it is not worth one. Growing waits are spread over the whole of what they may be, so that
    /// callers who failed together do not come back together. A provider's Retry-After is the least wait; one beyond the cap ends the tries, and the
    /// caller is told. A time limit that ran out is not waited for again.
    /// </summary>
    /// <param name="attempt">Calls made so far, from 1.</param>
    /// <param name="result">What the last one came to.</param>
    /// <param name="status">Its HTTP status; 0 when there was none.</param>
    /// <param name="retryAfter">What the provider asked for, or when its configured limits have room again.</param>
    /// <param name="jitter">Where within the span the wait lies, in [0, 1]; uniform.</param>
    public TimeSpan? Delay(int attempt, AttemptResult result, int status, TimeSpan? retryAfter, double jitter)
    {
        var worth = status is 429 or 500 or 502 or 503 or 504 or AnthropicErrors.Overloaded
            || (status is 0 or 200 && result is AttemptResult.ConnectionFailed or AttemptResult.ServerError or AttemptResult.RateLimited);
        if (!worth || attempt >= MaxAttempts || retryAfter > Cap)
        {
            return null;
        }

        var delay = Backoff switch
        {
            Backoff.Linear => InitialDelay,
            Backoff.Immediate => TimeSpan.Zero,
            _ => TimeSpan.FromTicks((long)(Math.Min(InitialDelay.Ticks << Math.Min(attempt - 1, 10), Cap.Ticks) * jitter)),
        };
        return retryAfter > delay ? retryAfter : delay;
    }
}

using Gateflow.Core.Rollout;

namespace Gateflow.Core.Fallbacks;

/// <summary>
/// Who is asked after a failure. The target of a migration gives way to the source whatever it answered; another provider of the same model is
/// asked when the trouble is the provider's; a chain is entered and walked only for its triggers, never on authentication, bad
/// request or content policy.
/// </summary>
public static class FallbackOrder
{
    /// <summary>Index of the next candidate; −1 when the failure is the request's end.</summary>
    /// <param name="candidates">The whole list.</param>
    /// <param name="failed">Index of the one that failed or was passed over.</param>
    /// <param name="result">What it came to.</param>
    /// <param name="chain">The chain whose models are on the list; null when none is.</param>
    public static int Next<T>(IReadOnlyList<T> candidates, int failed, AttemptResult result, FallbackRoute? chain)
        where T : ICandidate
    {
        ArgumentNullException.ThrowIfNull(candidates);
        for (var i = failed + 1; i < candidates.Count; i++)
        {
            if (MayFollow(candidates[failed], candidates[i], result, chain))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>
    /// The list after a rate limit, which is usually the provider's, not the model's: the chain's other models at that provider come last, when nobody else is left.
    /// </summary>
    /// <param name="candidates">The whole list.</param>
    /// <param name="limited">Index of the one that was limited.</param>
    public static IReadOnlyList<T> LimitedLast<T>(IReadOnlyList<T> candidates, int limited)
        where T : ICandidate
    {
        ArgumentNullException.ThrowIfNull(candidates);
        var provider = candidates[limited].Provider;
        return [.. candidates.Index().OrderBy(c => c.Index > limited && c.Item.Role == CandidateRole.Chain && c.Item.Provider == provider).Select(c => c.Item)];
    }

    private static bool MayFollow<T>(T from, T to, AttemptResult result, FallbackRoute? chain)
        where T : ICandidate =>
        from.Role == to.Role && from.Model == to.Model ? IsProviders(result)
        : to.Role == CandidateRole.Own ? from.Role == CandidateRole.Target
        : to.Role == CandidateRole.Chain && chain is not null && FallbackReasons.OfChain(result) is { } reason && chain.ActsOn(reason);

    /// <summary>Trouble that the same model at another provider need not have: a refused key of the gateway is one, a refused request is not.</summary>
    private static bool IsProviders(AttemptResult result) => FallbackReasons.OfChain(result) is not null || result == AttemptResult.Unauthorized;
}

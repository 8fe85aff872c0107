using Gateflow.Core.Catalog;
using Gateflow.Core.Fallbacks;
using Gateflow.Dashboard.Parts;
using Gateflow.Gateway.Fallbacks;

namespace Gateflow.Dashboard.Fallbacks;

/// <summary>Chains, failures and what would come of them, in sentences.</summary>
internal static class ChainWords
{
    public static string Failure(FallbackReason reason) => reason switch
    {
        FallbackReason.ModelDeprecated => "its date in the catalog is past",
        FallbackReason.Timeout => "no first byte in time",
        FallbackReason.RateLimit => "too many requests (429)",
        FallbackReason.ModelUnavailable => "the provider has no such model",
        FallbackReason.CircuitOpen => "circuit breaker open",
        _ => "provider error (5xx, broken connection)",
    };

    /// <summary>What becomes of a candidate, and why.</summary>
    /// <param name="assumed">How the model is supposed to fail.</param>
    public static string Step(DryRunStep step, FallbackReason assumed) => step switch
    {
        { Result: RehearsalEnd.Answers, Role: CandidateRole.Chain } => $"Answers; callers see the reason {FallbackReasons.Name(assumed)}.",
        { Result: RehearsalEnd.Answers } when assumed == FallbackReason.ModelDeprecated => "Answers.",
        { Result: RehearsalEnd.Answers } => "Answers: the same model at another provider.",
        { Result: RehearsalEnd.Fails } => $"Supposed to fail: {Failure(assumed)}.",
        { Reason: FallbackReason.ModelUnavailable } => "Passed over without a call: its provider said that it has no such model.",
        { RetryAfterSeconds: { } seconds } => $"Passed over without a call: circuit breaker open, next try in {Display.Duration(TimeSpan.FromSeconds(Math.Ceiling(seconds)))}.",
        _ => "Passed over without a call: circuit breaker open.",
    };

    public static string Why(NotAskedReason why, FallbackReason assumed) => why switch
    {
        NotAskedReason.NotReached => "Not needed: another one answers before.",
        NotAskedReason.NotServed => "Passed over: no configured provider serves it.",
        NotAskedReason.NoTrigger => $"Not asked: the chain does not act on this failure ({Failure(assumed)}).",
        _ => "Not asked: it cannot take such requests, or nobody serves the model in front of it.",
    };

    /// <summary>What ends with a chain.</summary>
    public static ConfirmRequest Deleting(ChainView chain) => new()
    {
        Title = $"Delete the chain of {chain.Primary}",
        Consequence = chain.Enabled
            ? $"From the next request on nobody stands in for {chain.Primary}: when it fails, the caller gets the error."
            : $"The chain is off, so nothing changes for requests to {chain.Primary}.",
        Facts =
        [
            $"Its order goes with it: {string.Join(" → ", chain.Fallbacks.Select(f => f.Model))}.",
            .. chain.AutoActivateOnDeprecation ? new[] { "It no longer takes over on the model's retirement date." } : [],
        ],
        Verb = "Delete chain",
        Danger = true,
    };

    /// <summary>What turning the global switch does at once; null when nothing moves by turning it off.</summary>
    /// <param name="moved">Chains whose primary's date is past, with the model that answers then.</param>
    /// <param name="next">The first date still to come among the chains that activate themselves; null without one.</param>
    public static ConfirmRequest? Switching(bool on, IReadOnlyList<(string Primary, string Answers)> moved, (string Primary, DateOnly On)? next)
    {
        var routes = moved.Select(m => on ? $"Requests for {m.Primary} go to {m.Answers}." : $"Requests for {m.Primary} go to {m.Primary} again, although its date is past.").ToList();
        if (!on)
        {
            return moved.Count == 0 ? null : new ConfirmRequest
            {
                Title = "Turn automatic fallback off",
                Consequence = $"{Display.Count(moved.Count, "model")} get their own requests again, in force for the next request.",
                Facts = routes,
                Verb = "Turn off",
                Danger = true,
            };
        }

        return new ConfirmRequest
        {
            Title = "Turn automatic fallback on",
            Consequence = moved.Count > 0
                ? "These requests change their model at once; nothing has compared the answers."
                : next is { } first ? $"Nothing moves today. The first to move is {first.Primary}, on {Display.Date(first.On)}." : "Nothing moves: no chain activates itself on a known date.",
            Facts = routes,
            Verb = "Turn on",
        };
    }

    /// <summary>True when a date counts for automatic fallback and is still to come.</summary>
    public static bool IsAhead(CatalogModel? facts, DateOnly today) => facts is { RetiresOn: { } day, RetiresOnIsEarliest: false } && day > today;
}

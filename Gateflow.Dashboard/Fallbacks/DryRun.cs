using Gateflow.Core;
using Gateflow.Core.Fallbacks;
using Gateflow.Core.Migrations;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Fallbacks;

namespace Gateflow.Dashboard.Fallbacks;

/// <summary>The body of POST <c>/fallback-chains/dry-run</c>: what would happen if the model failed now.</summary>
public sealed record DryRun
{
    public string? Model { get; init; }

    /// <summary>How it fails, in the contract's words; by default provider_error.</summary>
    public string? Reason { get; init; }

    /// <summary>What a request would bring itself in place of the stored chain; null for nothing.</summary>
    public IReadOnlyList<string>? Fallbacks { get; init; }

    /// <summary>The answer, or why there is none.</summary>
    public Result<DryRunView> Play(FallbackRehearsal rehearsal, ModelDirectory models)
    {
        if (string.IsNullOrWhiteSpace(Model))
        {
            return Refusal.Invalid("model", "model is required: the model that is supposed to fail.");
        }

        if (Fallbacks is { Count: > ChainConfigValidator.MaxFallbacks } || Fallbacks?.Any(f => f is null) == true)
        {
            return Refusal.Invalid("fallbacks", $"fallbacks must be at most {ChainConfigValidator.MaxFallbacks} names of models.");
        }

        var reason = FallbackReason.ProviderError;
        if (Reason is not null && !Wire.TryParse(Reason, out reason))
        {
            return Refusal.Invalid("reason", $"reason must be one of {string.Join(", ", Enum.GetValues<FallbackReason>().Select(r => r.Name()))}.");
        }

        return rehearsal.Run(Model, reason, Fallbacks) is { } played
            ? DryRunView.Of(played, NotAsked.Of(played, models))
            : Refusal.Invalid("model", $"'{Model}' is not known: it is neither in the catalog nor listed at a provider. GET /v1/management/models lists the catalog.");
    }
}

/// <summary>What would happen, step by step.</summary>
public sealed record DryRunView
{
    /// <summary>The model that would be asked first.</summary>
    public required string Model { get; init; }

    public required FallbackReason Reason { get; init; }

    public string? ChainId { get; init; }

    /// <summary>Who would answer; null when nobody would.</summary>
    public string? AnsweredBy { get; init; }

    public string? Provider { get; init; }

    /// <summary>One sentence for people.</summary>
    public required string Message { get; init; }

    public required IReadOnlyList<DryRunStep> Steps { get; init; }

    /// <summary>Models of the chain that it does not come to, in the chain's order.</summary>
    public required IReadOnlyList<NotAsked> NotAsked { get; init; }

    public static DryRunView Of(Rehearsal played, IReadOnlyList<NotAsked> notAsked) => new()
    {
        Model = played.Model,
        Reason = played.Assumed,
        ChainId = played.Chain?.ChainId,
        AnsweredBy = played.Answer?.Model,
        Provider = played.Answer?.Provider,
        Message = Words(played),
        Steps = [.. played.Steps.Select(s => new DryRunStep(s.Model, s.Provider, s.Role, s.End, s.Reason, Wire.Name(s.Breaker.State), s.Breaker.RetryAfter?.TotalSeconds))],
        NotAsked = notAsked,
    };

    private static string Words(Rehearsal played) =>
        played.Answer is { } answer ? answer.Model == played.Model && answer.Role == CandidateRole.Own
            ? $"'{played.Model}' would be answered by '{answer.Provider}'."
            : $"'{played.Model}' would fail and '{answer.Model}' at '{answer.Provider}' would answer."
        : played.Steps.Count == 0 ? $"No configured provider serves '{played.Model}': the caller would get an error."
        : played.Chain is null ? $"Nobody would answer. POST /v1/management/fallback-chains gives '{played.Model}' a chain."
        : !played.Chain.ActsOn(played.Assumed) ? $"Nobody would answer: the chain does not act on {played.Assumed.Name()}."
        : "Nobody would answer: no model of the chain can be asked now.";
}

/// <summary>One candidate that would be looked at.</summary>
/// <param name="Result">fails, skipped or answers.</param>
/// <param name="Reason">Why it fails or is skipped.</param>
/// <param name="Breaker">closed, open or half_open, on the node that was asked.</param>
/// <param name="RetryAfterSeconds">How long until the breaker lets a call try; left out while calls pass.</param>
public sealed record DryRunStep(
    string Model, string Provider, CandidateRole Role, RehearsalEnd Result, FallbackReason? Reason, string Breaker, double? RetryAfterSeconds);

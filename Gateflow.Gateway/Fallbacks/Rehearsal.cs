using Gateflow.Core.Fallbacks;

namespace Gateflow.Gateway.Fallbacks;

/// <summary>What would happen to a request if its model failed now.</summary>
/// <param name="Model">The model that would be asked: after aliases, completed migrations and the catalog's date.</param>
/// <param name="Assumed">How it is supposed to fail.</param>
/// <param name="Chain">The chain that would act; null when there is none.</param>
/// <param name="Steps">Every candidate that would be looked at, in order.</param>
public sealed record Rehearsal(string Model, FallbackReason Assumed, FallbackRoute? Chain, IReadOnlyList<RehearsalStep> Steps)
{
    /// <summary>The candidate that would answer; null when nobody would.</summary>
    public RehearsalStep? Answer => Steps is [.., { End: RehearsalEnd.Answers } last] ? last : null;
}

/// <summary>One candidate of a rehearsal.</summary>
/// <param name="Model">The id that callers know it by.</param>
/// <param name="Provider">Name of the provider.</param>
/// <param name="Role">Why it is on the list.</param>
/// <param name="End">What would become of it.</param>
/// <param name="Reason">Why it would fail or be passed over; null when it would answer.</param>
/// <param name="Breaker">Its breaker as it stands.</param>
public sealed record RehearsalStep(string Model, string Provider, CandidateRole Role, RehearsalEnd End, FallbackReason? Reason, BreakerSnapshot Breaker);

/// <summary>What would become of a candidate.</summary>
public enum RehearsalEnd
{
    Fails,
    Skipped,
    Answers,
}

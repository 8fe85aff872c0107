using Gateflow.Core.Fallbacks;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Forwarding;
using Gateflow.Gateway.Pipeline;
using Gateflow.Gateway.Routing;

namespace Gateflow.Gateway.Usage;

/// <summary>What the calls of a request tell of its arms.</summary>
internal static class ArmResults
{
    /// <summary>What the last call of an arm came to; not asked when there was none.</summary>
    public static AttemptResult Of(Exchange exchange, Arm arm)
    {
        var result = AttemptResult.NotAsked;
        foreach (var call in exchange.Calls)
        {
            result = call.Candidate.Arm == arm ? call.Result : result;
        }

        return result;
    }

    /// <summary>
    /// What the source did before it was asked again: the target is asked once, and trouble that both had at that moment is not the target's, though the source got over it
    /// with more tries.
    /// </summary>
    public static AttemptResult FirstOfSource(Exchange exchange)
    {
        var (result, asked) = (AttemptResult.NotAsked, (ModelEndpoint?)null);
        foreach (var call in exchange.Calls)
        {
            if (call.Candidate.Arm != Arm.Source || call.IsReworded)
            {
                continue;
            }

            if (ReferenceEquals(call.Candidate.Endpoint, asked))
            {
                break;
            }

            (result, asked) = (call.Result, call.Candidate.Endpoint);
        }

        return result;
    }

    /// <summary>
    /// The target's open breaker diverts because of what its last call came to: where the source failed as well then, the diversion is nobody's evidence either.
    /// </summary>
    /// <param name="exchange">A request of the target's arm.</param>
    /// <param name="outcome">What it is without that.</param>
    /// <param name="bothSlow">Whether that outcome is for <see cref="TookAsLong"/>: it tells of this request, and nothing of quicker ones.</param>
    public static OutcomeKind Diverted(Exchange exchange, OutcomeKind outcome, bool bothSlow)
    {
        if (outcome is not (OutcomeKind.Success or OutcomeKind.TargetFailure or OutcomeKind.OutageBoth))
        {
            return outcome;
        }

        var (migration, asked, shared) = (exchange.Migration!.MigrationId, false, false);
        foreach (var call in exchange.Calls)
        {
            if (call is { Candidate.Arm: Arm.Target, WasAsked: true })
            {
                call.Candidate.Health.CalledFor(migration, failsWithSource: outcome == OutcomeKind.OutageBoth && !bothSlow);
                asked = true;
            }
            else if (call is { Candidate.Arm: Arm.Target, Result: AttemptResult.CircuitOpen })
            {
                shared |= call.Candidate.Health.FailsWithSource(migration);
            }
        }

        return outcome == OutcomeKind.TargetFailure && shared && !asked ? OutcomeKind.OutageBoth : outcome;
    }

    /// <summary>
    /// True when the target ran out of time, or was passed over for its open breaker, on a request that the source, asked in its place, took as long for: it would not have
    /// kept that time either.
    /// </summary>
    public static bool TookAsLong(Exchange exchange, ProviderCall last) =>
        last is { Result: AttemptResult.Ok, Candidate.Arm: Arm.Source }
        && exchange.Calls.FindLast(static call => call.Candidate.Arm == Arm.Target) is { Result: AttemptResult.Timeout or AttemptResult.CircuitOpen } target
        && last.WaitedMs >= target.Patience.TotalMilliseconds;

    /// <summary>True when nothing but the limits configured for its providers kept the target from being asked.</summary>
    public static bool WasLimited(Exchange exchange)
    {
        var limited = false;
        foreach (var call in exchange.Calls)
        {
            if (call.Candidate.Arm != Arm.Target)
            {
                continue;
            }

            if (!call.IsLimited)
            {
                return false;
            }

            limited = true;
        }

        return limited;
    }

    /// <summary>What the model itself did, whoever answered in the end: usage is kept under it.</summary>
    public static AttemptResult Own(Exchange exchange, ProviderCall last) =>
        exchange.FellBack ? exchange.Calls.FindLast(static call => call.Candidate.Role == CandidateRole.Own)!.Result : last.Result;
}

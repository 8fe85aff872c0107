using Gateflow.Core.Compatibility;
using Gateflow.Core.Fallbacks;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Protocols;
using Gateflow.Gateway.Routing;
using static Gateflow.Gateway.Routing.CandidateLists;

namespace Gateflow.Gateway.Fallbacks;

/// <summary>
/// Plays a failure through without asking anybody: the same lists, order and breakers as a request's, of this node, as they stand. Scopes of
/// migrations and running ones are left out: they belong to single requests.
/// </summary>
public sealed class FallbackRehearsal
{
    private const int MaxHops = 5;

    private readonly RouteReader _routes;
    private readonly CandidateLists _lists;
    private readonly TimeProvider _time;

    internal FallbackRehearsal(RouteReader routes, CandidateLists lists, TimeProvider time) => (_routes, _lists, _time) = (routes, lists, time);

    /// <summary>The rehearsal; null when the model is not known.</summary>
    /// <param name="model">As a request names it.</param>
    /// <param name="assumed">How it fails; <see cref="FallbackReason.ModelDeprecated"/> supposes that the catalog's date is past.</param>
    /// <param name="fallbacks">What a request brings itself in place of the stored chain; null for nothing.</param>
    public Rehearsal? Run(string model, FallbackReason assumed, IReadOnlyList<string>? fallbacks)
    {
        var table = _routes();
        var asked = table.Aliases.GetValueOrDefault(model, model);
        if (!table.Models.ContainsKey(asked))
        {
            return null;
        }

        var (selected, activated) = Select(table, asked, assumed == FallbackReason.ModelDeprecated ? DateOnly.MaxValue : DateOnly.FromDateTime(_time.GetUtcNow().UtcDateTime));
        var chain = fallbacks is not null ? FallbackRoute.Of([.. fallbacks.Select(f => table.Aliases.GetValueOrDefault(f, f))])
            : activated ?? Chains.Stored(table, selected) ?? Chains.Stored(table, asked);
        if (!table.Models.TryGetValue(selected, out var route))
        {
            return new Rehearsal(selected, assumed, chain, []);
        }

        var protocol = IsVectors(table, selected) ? Protocol.Embeddings : Enum.GetValues<Protocol>().FirstOrDefault(p => _lists.Of(route, p, Place.Own, demoKey: false).Length > 0);
        List<Candidate> all = [.. _lists.Of(route, protocol, Place.Own, demoKey: false)];
        if (all.Count > 0)
        {
            _lists.AddChain(all, table, chain, protocol, demoKey: false);
        }

        return new Rehearsal(route.Id, assumed, chain, Walk(all, assumed, chain, protocol == Protocol.Embeddings));
    }

    private static (string Selected, FallbackRoute? Activated) Select(RouteTable table, string asked, DateOnly today)
    {
        var (selected, activated) = (asked, default(FallbackRoute));
        for (var hop = 0; hop < MaxHops; hop++)
        {
            var id = table.Models.GetValueOrDefault(selected)?.Id ?? selected;
            if (table.Migrations.GetValueOrDefault(id)?.FirstOrDefault(m => m.Completed && m.Scope.IsEverything) is { } done && done.TargetModel != asked)
            {
                selected = done.TargetModel;
            }
            else if (Chains.Activated(table, selected, today, asked, IsVectors(table, selected)) is { } replacement)
            {
                (activated, selected) = replacement;
            }
            else
            {
                break;
            }
        }

        return (selected, activated);
    }

    private static bool IsVectors(RouteTable table, string model) => table.Models.TryGetValue(model, out var route) && VectorCheck.GivesVectors(route);

    private static List<RehearsalStep> Walk(List<Candidate> all, FallbackReason assumed, FallbackRoute? chain, bool vectors)
    {
        List<RehearsalStep> steps = [];
        for (var index = all.Count > 0 ? 0 : -1; index >= 0;)
        {
            var candidate = all[index];
            var breaker = candidate.Health.Breaker.Snapshot();
            var (end, result) = candidate.Health.IsGone(vectors) && Next(AttemptResult.ModelNotFound) >= 0 ? (RehearsalEnd.Skipped, AttemptResult.ModelNotFound)
                : breaker.State != BreakerState.Closed && (breaker.IsDead || Next(AttemptResult.CircuitOpen) >= 0) ? (RehearsalEnd.Skipped, AttemptResult.CircuitOpen)
                : candidate.Role == CandidateRole.Own && assumed != FallbackReason.ModelDeprecated ? (RehearsalEnd.Fails, FallbackReasons.Attempt(assumed))
                : (RehearsalEnd.Answers, AttemptResult.Ok);
            steps.Add(new RehearsalStep(
                candidate.Model, candidate.Provider, candidate.Role, end, end == RehearsalEnd.Answers ? null : FallbackReasons.Of(result), breaker));
            all = result == AttemptResult.RateLimited ? [.. FallbackOrder.LimitedLast(all, index)] : all;
            index = end == RehearsalEnd.Answers ? -1 : Next(result);

            int Next(AttemptResult why) => FallbackOrder.Next(all, index, why, chain);
        }

        return steps;
    }
}

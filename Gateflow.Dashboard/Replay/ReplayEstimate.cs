using Gateflow.Core.Migrations;

namespace Gateflow.Dashboard.Replay;

/// <summary>What a test would send and cost, told before it is started.</summary>
public sealed record ReplayEstimate
{
    /// <summary>Requests that would be replayed: fewer than asked for when fewer are stored.</summary>
    public required int Planned { get; init; }

    public required int Requested { get; init; }

    /// <summary>Calls of the two models together.</summary>
    public required int Calls { get; init; }

    /// <summary>USD, from the stored requests' own lengths; null when a price is unknown.</summary>
    public decimal? Cost { get; init; }

    /// <summary>A model that is paid and has no known price.</summary>
    public string? Unpriced { get; init; }

    /// <summary>Parts of the cost, USD: what the source's, and the target's, answers cost.</summary>
    public decimal SourceCost { get; init; }

    public decimal TargetCost { get; init; }

    public decimal EmbeddingsCost { get; init; }

    public decimal JudgeCost { get; init; }

    /// <summary>Pairs that the money suffices for, before embeddings and judge; null without a cap.</summary>
    public int? PairsWithinBudget { get; init; }
}

/// <summary>Foretells what tests would cost.</summary>
public sealed class ReplayEstimates
{
    private readonly ReplayPlanner _planner;

    internal ReplayEstimates(ReplayPlanner planner) => _planner = planner;

    /// <summary>The same refusals as starting the test has, but that nothing is started.</summary>
    public async Task<Result<ReplayEstimate>> EstimateAsync(string migrationId, ReplayRequest request, CancellationToken cancellationToken)
    {
        var planned = await _planner.PlanAsync(migrationId, request, "", cancellationToken);
        if (!planned.IsOk)
        {
            return planned.Refusal;
        }

        var plan = planned.Value;
        var (source, target) = (plan.Samples.Sum(s => ReplayPrices.Source(plan, s)), plan.Samples.Sum(s => ReplayPrices.Target(plan, s)));
        var (embeddings, judge) = (plan.Samples.Sum(s => ReplayPrices.Embeddings(plan, s)), plan.Samples.Sum(s => ReplayPrices.Judge(plan, s)));
        return new ReplayEstimate
        {
            Planned = plan.Samples.Count,
            Requested = plan.Test.Requested,
            Calls = plan.Samples.Count * (plan.SourceCalls + 1),
            Cost = plan.Unpriced is null ? source + target + embeddings + judge : null,
            Unpriced = plan.Unpriced,
            SourceCost = source,
            TargetCost = target,
            EmbeddingsCost = embeddings,
            JudgeCost = judge,
            PairsWithinBudget = plan.Test.MaxCost is { } most ? Within(plan, most) : null,
        };
    }

    private static int Within(ReplayPlan plan, decimal most)
    {
        var (pairs, left) = (0, most);
        foreach (var sample in plan.Samples)
        {
            left -= ReplayPrices.Pair(plan, sample);
            if (left < 0)
            {
                break;
            }

            pairs++;
        }

        return pairs;
    }
}

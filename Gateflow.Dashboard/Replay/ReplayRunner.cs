using Gateflow.Core.Migrations;
using Gateflow.Core.Replay;

namespace Gateflow.Dashboard.Replay;

/// <summary>Starts, follows and cancels tests.</summary>
public sealed partial class ReplayRunner : BackgroundRunner
{
    private readonly ReplayPlanner _planner;
    private readonly ReplayRun _run;
    private readonly ReplayStore _store;
    private readonly DatabasePatience _patience;
    private readonly SimilarityFactory _similarities;
    private readonly ReplayJudge _judge;
    private readonly ReplayOptions _options;
    private readonly ILogger<ReplayRunner> _logger;

    internal ReplayRunner(
        ReplayPlanner planner, ReplayRun run, ReplayStore store, DatabasePatience patience, SimilarityFactory similarities, ReplayJudge judge, ReplayOptions options, ILogger<ReplayRunner> logger)
        : base(logger) =>
        (_planner, _run, _store, _patience, _similarities, _judge, _options, _logger) = (planner, run, store, patience, similarities, judge, options, logger);

    /// <summary>
    /// Starts a test: 404 without the migration, 422 for a request that cannot be run (<c>no_samples</c> when nothing is stored), 409 <c>test_running</c>
    /// while another one of the migration runs.
    /// </summary>
    public async Task<Result<ReplayTest>> StartAsync(string migrationId, ReplayRequest request, string actor, CancellationToken cancellationToken)
    {
        var plan = await _planner.PlanAsync(migrationId, request, actor, cancellationToken);
        if (!plan.IsOk)
        {
            return plan.Refusal;
        }

        var refusal = await BeginAsync(
            plan.Value.Id, plan.Value.Test.MigrationId, () => _store.StartAsync(plan.Value.Test, actor, cancellationToken), token => RunAsync(plan.Value, actor, token),
            fault => _store.FinishAsync(plan.Value.Test, ReplayStatus.Failed, null, null, $"The test failed: {fault}", actor));
        return refusal is null ? plan.Value.Test : refusal;
    }

    private protected override Task<IReadOnlyList<(string Id, string BelongsTo)>> FailAbandonedAsync(CancellationToken cancellationToken) => _store.FailAbandonedAsync(RunsHere, cancellationToken);

    private async Task RunAsync(ReplayPlan plan, string actor, CancellationToken cancellationToken)
    {
        var budget = new ReplayBudget(plan.Test.MaxCost);
        var outcome = await _run.RunAsync(plan, budget, () => Signal(plan.Id, plan.Test.MigrationId), cancellationToken);
        var judged = await _judge.JudgeAsync(plan, outcome.Pairs, budget, cancellationToken);
        var input = new ReplayInput
        {
            SourceModel = plan.Source.Id,
            TargetModel = plan.Target.Id,
            Pairs = [.. outcome.Pairs.Select(p => p.Pair.Answers)],
            NotRun = [.. outcome.Lost, outcome.Rest],
            Judge = judged?.Results,
            Seed = _options.Seed,
        };
        var result = await new ReplayComparison(_similarities.Create(plan, budget)).CompareAsync(input, cancellationToken);
        var results = result.Results with { Cost = plan.Unpriced is null && !budget.IsEstimated ? budget.Spent : null };
        await _patience.TryAsync(() => _store.ScoreAsync(plan.Test, outcome.Pairs, result, judged?.Words));
        var (status, error) = IsStopping ? (ReplayStatus.Failed, "The program was stopped while the test ran. Start it again.")
            : cancellationToken.IsCancellationRequested ? (ReplayStatus.Cancelled, "The test was cancelled.")
            : (ReplayStatus.Completed, null);
        await _patience.TryAsync(() => _store.FinishAsync(plan.Test, status, outcome.Done, results, error, actor));
        LogFinished(plan.Id, status, results.RequestsTested, results.Missing);
    }

    [LoggerMessage(LogLevel.Information, "Test {Test} is {Status}: {Tested} pairs tested, {Missing} missing")]
    private partial void LogFinished(string test, ReplayStatus status, int tested, int missing);
}

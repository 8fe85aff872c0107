using Gateflow.Core.Migrations;
using Gateflow.Core.Replay;

namespace Gateflow.Dashboard.Replay;

/// <summary>
/// Starts, follows and cancels tests. They run in the background of the node that took them; what a node leaves running when it dies is marked as
/// failed when it starts again.
/// </summary>
public sealed partial class ReplayRunner : IHostedLifecycleService, IDisposable
{
    private readonly ReplayPlanner _planner;
    private readonly ReplayRun _run;
    private readonly ReplayStore _store;
    private readonly SimilarityFactory _similarities;
    private readonly ReplayJudge _judge;
    private readonly ReplayOptions _options;
    private readonly ILogger<ReplayRunner> _logger;
    private readonly RunningWork _running = new();

    internal ReplayRunner(
        ReplayPlanner planner, ReplayRun run, ReplayStore store, SimilarityFactory similarities, ReplayJudge judge, ReplayOptions options, ILogger<ReplayRunner> logger) =>
        (_planner, _run, _store, _similarities, _judge, _options, _logger) = (planner, run, store, similarities, judge, options, logger);

    /// <summary>Raised with the test's and the migration's id when progress or the end was stored; at most twice a second a test.</summary>
    public event Action<string, string>? Changed;

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

        var token = _running.Add(plan.Value.Id);
        try
        {
            if (await _store.StartAsync(plan.Value.Test, actor, cancellationToken) is { } refusal)
            {
                _running.Forget(plan.Value.Id);
                return refusal;
            }
        }
        catch
        {
            _running.Forget(plan.Value.Id);
            throw;
        }

        _ = Task.Run(() => RunAsync(plan.Value, actor, token), CancellationToken.None);
        return plan.Value.Test;
    }

    /// <summary>Returns when the test is over, at once when it does not run here.</summary>
    public Task WaitAsync(string testId, CancellationToken cancellationToken) => _running.WaitAsync(testId, cancellationToken);

    /// <summary>Ends a test early and returns when its end is stored; false when it does not run here.</summary>
    public Task<bool> CancelAsync(string testId, CancellationToken cancellationToken) => _running.CancelAsync(testId, cancellationToken);

    /// <summary>When everything has started, the database's schema among it.</summary>
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        var abandoned = await _store.FailAbandonedAsync(_running.Ids, cancellationToken);
        if (abandoned > 0)
        {
            LogAbandoned(abandoned);
        }
    }

    /// <summary>Ends what runs, while the database is still there.</summary>
    public Task StoppingAsync(CancellationToken cancellationToken) => _running.StopAsync(cancellationToken);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _running.Dispose();

    private async Task RunAsync(ReplayPlan plan, string actor, CancellationToken cancellationToken)
    {
        try
        {
            var budget = new ReplayBudget(plan.Test.MaxCost);
            var outcome = await _run.RunAsync(plan, budget, () => Signal(plan), cancellationToken);
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
            var results = result.Results with { Cost = plan.Unpriced is null ? budget.Spent : null };
            await _store.ScoreAsync(plan.Test, outcome.Pairs, result, judged?.Words);
            var (status, error) = _running.IsStopping ? (ReplayStatus.Failed, "The program was stopped while the test ran. Start it again.")
                : cancellationToken.IsCancellationRequested ? (ReplayStatus.Cancelled, "The test was cancelled.")
                : (ReplayStatus.Completed, null);
            await _store.FinishAsync(plan.Test, status, outcome.Done, results, error, actor);
            LogFinished(plan.Id, status, results.RequestsTested, results.Missing);
        }
        catch (Exception fault)
        {
            LogFailed(plan.Id, fault.GetType().Name, fault);
            await FailAsync(plan, fault, actor);
        }
        finally
        {
            _running.Forget(plan.Id);
            Signal(plan);
        }
    }

    /// <summary>The last try to tell; when the database is away, the next start marks it.</summary>
    private async Task FailAsync(ReplayPlan plan, Exception fault, string actor)
    {
        try
        {
            await _store.FinishAsync(plan.Test, ReplayStatus.Failed, null, null, $"The test failed: {fault.GetType().Name}. The log tells more.", actor);
        }
        catch (Exception second)
        {
            LogFailed(plan.Id, second.GetType().Name, second);
        }
    }

    private void Signal(ReplayPlan plan) => Changed?.Invoke(plan.Id, plan.Test.MigrationId);

    [LoggerMessage(LogLevel.Information, "Test {Test} is {Status}: {Tested} pairs tested, {Missing} missing")]
    private partial void LogFinished(string test, ReplayStatus status, int tested, int missing);

    [LoggerMessage(LogLevel.Error, "Test {Test} failed: {Kind}")]
    private partial void LogFailed(string test, string kind, Exception fault);

    [LoggerMessage(LogLevel.Warning, "{Count} tests were left running by the process before this one and are marked as failed")]
    private partial void LogAbandoned(int count);
}

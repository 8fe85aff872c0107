using Gateflow.Core.Evaluations;
using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Replay;

namespace Gateflow.Dashboard.Evaluations;

/// <summary>
/// Starts, follows and cancels runs. They run in the background of the node that took them; what a node leaves running when it dies is marked as failed, with
/// the figures of what had come in, when it starts again.
/// </summary>
public sealed partial class EvaluationRunner : IHostedLifecycleService, IDisposable
{
    /// <summary>Runs under way on one node: each has its own concurrency, and all of them share the providers' limits.</summary>
    public const int MostRunning = 4;

    private readonly EvaluationPlanner _planner;
    private readonly EvaluationRun _run;
    private readonly EvaluationScoring _scoring;
    private readonly EvaluationStore _store;
    private readonly ReplayOptions _options;
    private readonly ILogger<EvaluationRunner> _logger;
    private readonly RunningWork _running = new();

    internal EvaluationRunner(
        EvaluationPlanner planner, EvaluationRun run, EvaluationScoring scoring, EvaluationStore store, ReplayOptions options, ILogger<EvaluationRunner> logger) =>
        (_planner, _run, _scoring, _store, _options, _logger) = (planner, run, scoring, store, options, logger);

    /// <summary>Raised with the run's and the dataset's id when progress or the end was stored; at most twice a second a run.</summary>
    public event Action<string, string>? Changed;

    /// <summary>Starts a run: 422 for one that cannot be run, 409 while this node runs as many as it may.</summary>
    public async Task<Result<Evaluation>> StartAsync(EvaluationRequest request, string actor, CancellationToken cancellationToken)
    {
        var plan = await _planner.PlanAsync(request, actor, cancellationToken);
        if (!plan.IsOk)
        {
            return plan.Refusal;
        }

        if (_running.Ids.Count >= MostRunning)
        {
            return new Refusal(RefusalKind.Conflict, "too_many_evaluations", $"{MostRunning} evaluations are running. Wait for one of them, or cancel it.");
        }

        var token = _running.Add(plan.Value.Id);
        try
        {
            await _store.StartAsync(plan.Value.Evaluation, cancellationToken);
        }
        catch
        {
            _running.Forget(plan.Value.Id);
            throw;
        }

        _ = Task.Run(() => RunAsync(plan.Value, token), CancellationToken.None);
        return plan.Value.Evaluation;
    }

    /// <summary>Returns when the run is over, at once when it does not run here.</summary>
    public Task WaitAsync(string id, CancellationToken cancellationToken) => _running.WaitAsync(id, cancellationToken);

    /// <summary>Ends a run early and returns when its end is stored; false when it does not run here.</summary>
    public Task<bool> CancelAsync(string id, CancellationToken cancellationToken) => _running.CancelAsync(id, cancellationToken);

    /// <summary>Deletes a run that is over, with its answers.</summary>
    public Task<Refusal?> DeleteAsync(string id, CancellationToken cancellationToken) => _store.DeleteAsync(id, cancellationToken);

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

    private async Task RunAsync(EvaluationPlan plan, CancellationToken cancellationToken)
    {
        try
        {
            var budget = new ReplayBudget(plan.Evaluation.Setup.MaxCost);
            var outcome = await _run.RunAsync(plan, budget, () => Signal(plan), cancellationToken);
            var notes = await _scoring.CompleteAsync(plan, outcome.Items, budget, cancellationToken);
            await _store.ScoreAsync(plan.Evaluation, outcome.Items);
            var results = EvaluationFigures.Of(
                plan.Evaluation.Models, plan.Evaluators, [.. outcome.Items.Select(Answers)], outcome.NotRun, notes, _options.Seed) with
            {
                Cost = budget.Spent,
            };
            var (status, error) = _running.IsStopping ? (EvaluationStatus.Failed, "The program was stopped while it ran. Start it again.")
                : cancellationToken.IsCancellationRequested ? (EvaluationStatus.Cancelled, "The run was cancelled.")
                : (EvaluationStatus.Completed, null);
            await _store.FinishAsync(plan.Id, status, outcome.Done, results, error);
            LogFinished(plan.Id, status, results.Answered, results.Missing);
        }
        catch (Exception fault)
        {
            LogFailed(plan.Id, fault.GetType().Name, fault);
            await FailAsync(plan, fault);
        }
        finally
        {
            _running.Forget(plan.Id);
            Signal(plan);
        }
    }

    private static IReadOnlyList<EvaluationAnswer> Answers(RanItem item) =>
        [.. item.Answers.Select((a, model) => new EvaluationAnswer
        {
            Error = a.Error, LatencyMs = a.IsAnswer ? a.LatencyMs : null, Cost = a.Cost, OutputTokens = a.OutputTokens, Scores = item.Scores[model],
        })];

    /// <summary>The last try to tell; when the database is away, the next start marks it.</summary>
    private async Task FailAsync(EvaluationPlan plan, Exception fault)
    {
        try
        {
            await _store.FinishAsync(plan.Id, EvaluationStatus.Failed, null, null, $"The run failed: {fault.GetType().Name}. The log tells more.");
        }
        catch (Exception second)
        {
            LogFailed(plan.Id, second.GetType().Name, second);
        }
    }

    private void Signal(EvaluationPlan plan) => Changed?.Invoke(plan.Id, plan.Evaluation.DatasetId);

    [LoggerMessage(LogLevel.Information, "Evaluation {Evaluation} is {Status}: {Answered} items answered, {Missing} missing")]
    private partial void LogFinished(string evaluation, EvaluationStatus status, int answered, int missing);

    [LoggerMessage(LogLevel.Error, "Evaluation {Evaluation} failed: {Kind}")]
    private partial void LogFailed(string evaluation, string kind, Exception fault);

    [LoggerMessage(LogLevel.Warning, "{Count} evaluations were left running by the process before this one and are marked as failed")]
    private partial void LogAbandoned(int count);
}

using Gateflow.Core.Evaluations;
using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Replay;

namespace Gateflow.Dashboard.Evaluations;

/// <summary>Starts, follows and cancels runs; those that a node left running are marked with the figures of what had come in.</summary>
public sealed partial class EvaluationRunner : BackgroundRunner
{
    /// <summary>Runs under way on one node: each has its own concurrency, and all of them share the providers' limits.</summary>
    public const int MostRunning = 4;

    private readonly EvaluationPlanner _planner;
    private readonly EvaluationRun _run;
    private readonly EvaluationScoring _scoring;
    private readonly EvaluationStore _store;
    private readonly DatabasePatience _patience;
    private readonly ReplayOptions _options;
    private readonly ILogger<EvaluationRunner> _logger;

    internal EvaluationRunner(
        EvaluationPlanner planner, EvaluationRun run, EvaluationScoring scoring, EvaluationStore store, DatabasePatience patience, ReplayOptions options, ILogger<EvaluationRunner> logger)
        : base(logger) =>
        (_planner, _run, _scoring, _store, _patience, _options, _logger) = (planner, run, scoring, store, patience, options, logger);

    /// <summary>Starts a run: 422 for one that cannot be run, 409 while this node runs as many as it may.</summary>
    public async Task<Result<Evaluation>> StartAsync(EvaluationRequest request, string actor, CancellationToken cancellationToken)
    {
        var plan = await _planner.PlanAsync(request, actor, cancellationToken);
        if (!plan.IsOk)
        {
            return plan.Refusal;
        }

        if (Count >= MostRunning)
        {
            return new Refusal(RefusalKind.Conflict, "too_many_evaluations", $"{MostRunning} evaluations are running. Wait for one of them, or cancel it.");
        }

        await BeginAsync(plan.Value.Id, plan.Value.Evaluation.DatasetId, StoreAsync, token => RunAsync(plan.Value, token), fault => _store.FinishAsync(
            plan.Value.Id, EvaluationStatus.Failed, null, null, $"The run failed: {fault}"));
        return plan.Value.Evaluation;

        async Task<Refusal?> StoreAsync()
        {
            await _store.StartAsync(plan.Value.Evaluation, cancellationToken);
            return null;
        }
    }

    /// <summary>Deletes a run that is over, with its answers.</summary>
    public Task<Refusal?> DeleteAsync(string id, CancellationToken cancellationToken) => _store.DeleteAsync(id, cancellationToken);

    private protected override Task<IReadOnlyList<(string Id, string BelongsTo)>> FailAbandonedAsync(CancellationToken cancellationToken) => _store.FailAbandonedAsync(RunsHere, cancellationToken);

    private async Task RunAsync(EvaluationPlan plan, CancellationToken cancellationToken)
    {
        var budget = new ReplayBudget(plan.Evaluation.Setup.MaxCost);
        var outcome = await _run.RunAsync(plan, budget, () => Signal(plan.Id, plan.Evaluation.DatasetId), cancellationToken);
        var notes = await _scoring.CompleteAsync(plan, outcome.Items, budget, cancellationToken);
        await _patience.TryAsync(() => _store.ScoreAsync(plan.Evaluation, outcome.Items));
        var results = EvaluationFigures.Of(
            plan.Evaluation.Models, plan.Evaluators, [.. outcome.Items.Select(Answers)], outcome.NotRun, notes, _options.Seed) with
        {
            Cost = budget.Spent,
        };
        var (status, error) = IsStopping ? (EvaluationStatus.Failed, "The program was stopped while it ran. Start it again.")
            : cancellationToken.IsCancellationRequested ? (EvaluationStatus.Cancelled, "The run was cancelled.")
            : (EvaluationStatus.Completed, null);
        await _patience.TryAsync(() => _store.FinishAsync(plan.Id, status, outcome.Done, results, error));
        LogFinished(plan.Id, status, results.Answered, results.Missing);
    }

    private static IReadOnlyList<EvaluationAnswer> Answers(RanItem item) =>
        [.. item.Answers.Select((a, model) => new EvaluationAnswer
        {
            Error = a.Error, LatencyMs = a.IsAnswer ? a.LatencyMs : null, Cost = a.Cost, OutputTokens = a.OutputTokens, Scores = item.Scores[model],
        })];

    [LoggerMessage(LogLevel.Information, "Evaluation {Evaluation} is {Status}: {Answered} items answered, {Missing} missing")]
    private partial void LogFinished(string evaluation, EvaluationStatus status, int answered, int missing);
}

using Gateflow.Core.Access;
using Gateflow.Core.Evaluations;
using Gateflow.Core.Replay;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Datasets;
using Gateflow.Dashboard.Replay;
using Gateflow.Gateway.Replay;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Evaluations;

/// <summary>One item as the models answered it.</summary>
/// <param name="Scores">By model, then by evaluator; filled as the evaluators come to them.</param>
internal sealed record RanItem(string Id, string ItemId, string Prompt, string? Expected, IReadOnlyList<ReplayAnswer> Answers, double?[][] Scores);

/// <summary>What a run brought: the items asked, and those that were not, with the reasons.</summary>
internal sealed record EvaluationOutcome(IReadOnlyList<RanItem> Items, IReadOnlyList<NotRun> NotRun)
{
    public int Done { get; init; }
}

/// <summary>Asks every model for every item, several items at once, within the budget, and writes answers and progress as they come.</summary>
internal sealed class EvaluationRun(
    IDbContextFactory<GateflowDb> databases, ReplayClient client, EvaluationPlanner planner, DatasetTexts texts, EvaluationStore store, EvaluationScoring scoring,
    PaidWork work, DatabasePatience patience, TimeProvider clock)
{
    /// <param name="plan">What to run.</param>
    /// <param name="budget">Pays for the answers.</param>
    /// <param name="progressed">Called after each write.</param>
    /// <param name="cancellationToken">Ends the run early; what came in counts.</param>
    public async Task<EvaluationOutcome> RunAsync(EvaluationPlan plan, ReplayBudget budget, Action progressed, CancellationToken cancellationToken)
    {
        var scores = EvaluationScoring.ByText(plan);
        var brought = await work.RunAsync(
            new PaidItems<PlannedItem, RanItem>
            {
                Items = plan.Items,
                Concurrency = plan.Evaluation.Setup.Concurrency,
                Estimate = plan.Estimate,
                AskAsync = (item, token) => AskAsync(plan, item, scores, token),
                StoreAsync = async (items, done) =>
                {
                    await store.AddAsync(plan.Evaluation, items, done);
                    progressed();
                },
            },
            budget, cancellationToken);
        var why = cancellationToken.IsCancellationRequested ? "not sent: the run was cancelled" : $"not sent: the budget of {plan.Evaluation.Setup.MaxCost:0.########} USD was reached";
        return new EvaluationOutcome(brought.Done, [.. brought.Lost, new NotRun(brought.Rest, why)]) { Done = plan.Items.Count - brought.Rest };
    }

    private async Task<Asked<RanItem>> AskAsync(EvaluationPlan plan, PlannedItem planned, IReadOnlyList<TextScore?> scores, CancellationToken cancellationToken)
    {
        var stored = await patience.TryAsync(() => LoadAsync(planned.Id, cancellationToken), cancellationToken);
        if (stored is null)
        {
            return "not sent: the item was deleted meanwhile";
        }

        if (texts.Bytes(stored.Request) is not { } plain || ReplayBody.Read(plain) is not { } body)
        {
            return "not sent: the item cannot be decrypted (the keys in the data folder have changed)";
        }

        var writtenFor = DirectFacts.Of(plain).Facts is { } facts ? planner.Find(facts.Model) : null;
        var answers = await Task.WhenAll(plan.Models.Select(model => client.AskAsync(model, body, writtenFor ?? Nobody, shims: true, cancellationToken)));
        var expected = texts.Text(stored.Expected);
        return new(
            new RanItem(Ids.New("res", clock.GetUtcNow()), planned.Id, body.Prompt, expected, answers, [.. answers.Select(a => scoring.Score(scores, plan.Evaluators, a, expected))]),
            plan.Charged(planned, answers), null);
    }

    private async Task<Stored?> LoadAsync(string id, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.DatasetItems.Where(i => i.Id == id).Select(i => new Stored(i.Request, i.Expected)).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>The request names no known model: it is fitted to every one.</summary>
    private static readonly ModelRoute Nobody = new("unspecified", [], null);

    private sealed record Stored(byte[] Request, byte[]? Expected);
}

using System.Collections.Concurrent;
using System.Threading.Channels;
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
    ReplayOptions options, TimeProvider clock)
{
    /// <param name="plan">What to run.</param>
    /// <param name="budget">Pays for the answers.</param>
    /// <param name="progressed">Called after each write.</param>
    /// <param name="cancellationToken">Ends the run early; what came in counts.</param>
    public async Task<EvaluationOutcome> RunAsync(EvaluationPlan plan, ReplayBudget budget, Action progressed, CancellationToken cancellationToken)
    {
        var ran = Channel.CreateUnbounded<RanItem>(new UnboundedChannelOptions { SingleReader = true });
        var lost = new ConcurrentBag<string>();
        var scores = EvaluationScoring.ByText(plan);
        var (next, broke) = (-1, false);

        async Task WorkAsync()
        {
            while (!cancellationToken.IsCancellationRequested && !Volatile.Read(ref broke) && Interlocked.Increment(ref next) is var index && index < plan.Items.Count)
            {
                var planned = plan.Items[index];
                var estimate = plan.Estimate(planned);
                if (!await budget.ReserveAsync(estimate, cancellationToken))
                {
                    Volatile.Write(ref broke, true);
                    return;
                }

                decimal cost = 0;
                try
                {
                    var (item, reason) = await AskAsync(plan, planned, scores, cancellationToken);
                    if (item is null)
                    {
                        lost.Add(reason!);
                        continue;
                    }

                    cost = item.Answers.Sum(a => a.Cost ?? 0);
                    ran.Writer.TryWrite(item);
                }
                finally
                {
                    budget.Settle(estimate, cost);
                }
            }
        }

        var work = Task.WhenAll(Enumerable.Range(0, plan.Evaluation.Setup.Concurrency).Select(_ => Task.Run(WorkAsync, CancellationToken.None)));
        var items = await CollectAsync(plan, ran.Reader, work, lost, progressed);
        try
        {
            await work;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // what came in counts
        }

        var why = cancellationToken.IsCancellationRequested ? "not sent: the run was cancelled" : $"not sent: the budget of {plan.Evaluation.Setup.MaxCost:0.########} USD was reached";
        return new EvaluationOutcome(items, [.. lost.GroupBy(reason => reason).Select(g => new NotRun(g.Count(), g.Key)), new NotRun(plan.Items.Count - items.Count - lost.Count, why)])
        {
            Done = items.Count + lost.Count,
        };
    }

    /// <summary>Writes what has come each interval, until the work is done and all of it is written.</summary>
    private async Task<List<RanItem>> CollectAsync(EvaluationPlan plan, ChannelReader<RanItem> ran, Task work, ConcurrentBag<string> lost, Action progressed)
    {
        List<RanItem> all = [];
        for (var over = false; !over;)
        {
            await Task.WhenAny(work, Task.Delay(options.ProgressInterval, clock, CancellationToken.None));
            over = work.IsCompleted;
            List<RanItem> batch = [];
            while (ran.TryRead(out var item))
            {
                batch.Add(item);
            }

            if (batch.Count > 0)
            {
                all.AddRange(batch);
                await store.AddAsync(plan.Evaluation, batch, all.Count + lost.Count);
                progressed();
            }
        }

        return all;
    }

    private async Task<(RanItem? Item, string? Reason)> AskAsync(EvaluationPlan plan, PlannedItem planned, IReadOnlyList<TextScore?> scores, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var stored = await db.DatasetItems.Where(i => i.Id == planned.Id).Select(i => new { i.Request, i.Expected }).FirstOrDefaultAsync(cancellationToken);
        if (stored is null)
        {
            return (null, "not sent: the item was deleted meanwhile");
        }

        if (texts.Bytes(stored.Request) is not { } plain || ReplayBody.Read(plain) is not { } body)
        {
            return (null, "not sent: the item cannot be decrypted (the keys in the data folder have changed)");
        }

        var writtenFor = DirectFacts.Of(plain).Facts is { } facts ? planner.Find(facts.Model) : null;
        var answers = await Task.WhenAll(plan.Models.Select(model => client.AskAsync(model, body, writtenFor ?? Nobody, shims: true, cancellationToken)));
        var expected = texts.Text(stored.Expected);
        return (new RanItem(Ids.New("res", clock.GetUtcNow()), planned.Id, body.Prompt, expected, answers, [.. answers.Select(a => scoring.Score(scores, plan.Evaluators, a, expected))]), null);
    }

    /// <summary>The request names no known model: it is fitted to every one.</summary>
    private static readonly ModelRoute Nobody = new("unspecified", [], null);
}

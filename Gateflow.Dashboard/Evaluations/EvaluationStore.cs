using System.Text;
using Gateflow.Core.Access;
using Gateflow.Core.Evaluations;
using Gateflow.Core.Fleet;
using Gateflow.Core.Migrations;
using Gateflow.Core.Replay;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Replay;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Evaluations;

/// <summary>What a run writes: itself, its answers encrypted, its end. A cancelled run is written too, so nothing here is cancelled.</summary>
internal sealed class EvaluationStore(IDbContextFactory<GateflowDb> databases, ISecretProtector protector, NodeRegistry nodes, ReplayOptions options, TimeProvider clock)
{
    private const int Chunk = 200;

    public async Task StartAsync(Evaluation evaluation, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        db.Add(evaluation);
        await db.SaveChangesAsync(cancellationToken);
    }

    /// <summary>Writes answers and how far the run is. Those that are written already, by a commit whose answer was lost, are left as they are.</summary>
    public async Task AddAsync(Evaluation evaluation, IReadOnlyList<RanItem> items, int done)
    {
        await using var db = await databases.CreateDbContextAsync();
        var ids = items.Select(i => i.Id).ToList();
        var known = await db.EvaluationItems.Where(i => ids.Contains(i.Id)).Select(i => i.Id).ToListAsync();
        db.AddRange(items.Where(i => !known.Contains(i.Id)).Select(item => Row(evaluation.Id, item)));
        await using var transaction = await db.Database.BeginTransactionAsync();
        await db.SaveChangesAsync();
        await db.Evaluations.Where(e => e.Id == evaluation.Id).ExecuteUpdateAsync(set => set.SetProperty(e => e.Done, done));
        await transaction.CommitAsync();
    }

    /// <summary>Writes the scores that came at the end. A row that was deleted meanwhile stays deleted.</summary>
    public async Task ScoreAsync(Evaluation evaluation, IReadOnlyList<RanItem> items)
    {
        var scored = items.ToDictionary(i => i.Id, StringComparer.Ordinal);
        foreach (var ids in items.Select(i => i.Id).Chunk(Chunk))
        {
            await using var db = await databases.CreateDbContextAsync();
            foreach (var row in await db.EvaluationItems.Where(r => r.EvaluationId == evaluation.Id && ids.Contains(r.Id)).ToListAsync())
            {
                row.Answers = [.. row.Answers.Select((a, model) => a with { Scores = scored[row.Id].Scores[model] })];
                (row.Score, row.Gap) = EvaluationFigures.Sum(row.Answers);
            }

            await db.SaveChangesAsync();
        }
    }

    public async Task FinishAsync(string id, EvaluationStatus status, int? done, EvaluationResults? results, string? error)
    {
        await using var db = await databases.CreateDbContextAsync();
        if (await db.Evaluations.FirstOrDefaultAsync(e => e.Id == id) is { } row)
        {
            (row.Status, row.Done, row.FinishedAt, row.Results, row.Error) = (status, done ?? row.Done, clock.GetUtcNow(), results ?? row.Results, error);
            await db.SaveChangesAsync();
        }
    }

    /// <summary>Marks as failed what runs neither here nor on another node that lives, with the figures of what had come in. Returns it, with its dataset.</summary>
    /// <param name="runsHere">True before a run is stored, and until its end is.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public async Task<IReadOnlyList<(string Id, string DatasetId)>> FailAbandonedAsync(Func<string, bool> runsHere, CancellationToken cancellationToken)
    {
        var others = await nodes.OthersAsync(cancellationToken);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var running = await db.Evaluations.AsNoTracking().Where(e => e.Status == EvaluationStatus.Running).ToListAsync(cancellationToken);
        List<(string, string)> failed = [];
        foreach (var run in running.Where(e => !runsHere(e.Id) && !others.Contains(e.Node)))
        {
            if (!await db.Evaluations.AnyAsync(e => e.Id == run.Id && e.Status == EvaluationStatus.Running, cancellationToken))
            {
                continue; // it has ended since
            }

            var rows = await db.EvaluationItems.AsNoTracking().Where(r => r.EvaluationId == run.Id).OrderBy(r => r.Id).ToListAsync(cancellationToken);
            var results = EvaluationFigures.Of(
                run.Models, run.Setup.Evaluators, rows.ConvertAll(r => r.Answers), [new NotRun(run.Planned - rows.Count, "not sent: the program ended while the run went on")],
                new string?[run.Setup.Evaluators.Count], options.Seed) with
            {
                Cost = rows.Sum(r => r.Answers.Sum(a => a.Cost ?? 0)),
            };
            await FinishAsync(
                run.Id, EvaluationStatus.Failed, rows.Count, results,
                $"The program ended while it ran, or its end could not be stored: {rows.Count} of {run.Planned} items had been run, and nothing was compared or judged. Start it again.");
            failed.Add((run.Id, run.DatasetId));
        }

        return failed;
    }

    public async Task<Refusal?> RenameAsync(string id, string? name, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Evaluations.Where(e => e.Id == id).ExecuteUpdateAsync(set => set.SetProperty(e => e.Name, name), cancellationToken) == 0 ? Refusal.NotFound("evaluation", id) : null;
    }

    public async Task<Refusal?> DeleteAsync(string id, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await db.Evaluations.FirstOrDefaultAsync(e => e.Id == id, cancellationToken) is not { } evaluation)
        {
            return Refusal.NotFound("evaluation", id);
        }

        if (evaluation.Status == EvaluationStatus.Running)
        {
            return new Refusal(RefusalKind.Conflict, "evaluation_running", $"The evaluation {id} is running; cancel it first.");
        }

        db.Remove(evaluation); // the database takes its answers along
        await db.SaveChangesAsync(cancellationToken);
        return null;
    }

    private EvaluationItem Row(string evaluationId, RanItem item)
    {
        EvaluationAnswer[] answers = [.. item.Answers.Select((a, model) => new EvaluationAnswer
        {
            Text = a.Text is null ? null : protector.Protect(Encoding.UTF8.GetBytes(a.Text)),
            Error = a.Error,
            LatencyMs = a.IsAnswer ? Math.Round(a.LatencyMs, 1) : null,
            Cost = a.Cost,
            OutputTokens = a.OutputTokens,
            Scores = item.Scores[model],
        })];
        var (score, gap) = EvaluationFigures.Sum(answers);
        return new EvaluationItem { Id = item.Id, EvaluationId = evaluationId, ItemId = item.ItemId, At = clock.GetUtcNow(), Answers = answers, Score = score, Gap = gap };
    }
}

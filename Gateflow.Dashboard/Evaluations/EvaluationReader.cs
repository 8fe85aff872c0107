using Gateflow.Core.Evaluations;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Datasets;
using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Replay;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Evaluations;

/// <summary>How the items of a run are ordered.</summary>
public enum EvaluationOrder
{
    /// <summary>As they were answered.</summary>
    Answered,

    /// <summary>Lowest score first; what was not scored last.</summary>
    Worst,

    /// <summary>Where the second model falls farthest behind the first.</summary>
    Regressions,
}

/// <summary>Reads runs and their items.</summary>
public sealed class EvaluationReader
{
    private readonly IDbContextFactory<GateflowDb> _databases;
    private readonly DatasetTexts _texts;

    internal EvaluationReader(IDbContextFactory<GateflowDb> databases, DatasetTexts texts) => (_databases, _texts) = (databases, texts);

    /// <summary>Newest first.</summary>
    /// <param name="datasetId">Null for the runs of all sets.</param>
    /// <param name="cursor">Id of the last run of the page before; null for the first page.</param>
    public async Task<ListPage<EvaluationView>> ListAsync(string? datasetId, int limit, string? cursor, CancellationToken cancellationToken)
    {
        await using var db = await _databases.CreateDbContextAsync(cancellationToken);
        var found = await (from run in db.Evaluations.AsNoTracking()
                           join dataset in db.Datasets on run.DatasetId equals dataset.Id
                           where (datasetId == null || run.DatasetId == datasetId) && (cursor == null || run.Id.CompareTo(cursor) < 0)
                           orderby run.Id descending
                           select new { Run = run, dataset.Name }).Take(limit + 1).ToListAsync(cancellationToken);
        return new ListPage<EvaluationView>([.. found.Take(limit).Select(f => EvaluationView.Of(f.Run, f.Name))], found.Count > limit ? found[limit - 1].Run.Id : null);
    }

    /// <summary>Null when there is no such run.</summary>
    public async Task<EvaluationView?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await using var db = await _databases.CreateDbContextAsync(cancellationToken);
        var found = await (from run in db.Evaluations.AsNoTracking()
                           join dataset in db.Datasets on run.DatasetId equals dataset.Id
                           where run.Id == id
                           select new { Run = run, dataset.Name }).FirstOrDefaultAsync(cancellationToken);
        return found is null ? null : EvaluationView.Of(found.Run, found.Name);
    }

    /// <summary>Items from <paramref name="skip"/> on, and whether more follow.</summary>
    public async Task<(IReadOnlyList<EvaluationItemView> Items, bool More)> ItemsAsync(EvaluationView run, EvaluationOrder order, int skip, int limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        await using var db = await _databases.CreateDbContextAsync(cancellationToken);
        var all = db.EvaluationItems.AsNoTracking().Where(r => r.EvaluationId == run.EvaluationId);
        var ordered = order switch
        {
            EvaluationOrder.Worst => all.OrderBy(r => r.Score == null).ThenBy(r => r.Score).ThenBy(r => r.Id),
            EvaluationOrder.Regressions => all.OrderBy(r => r.Gap == null).ThenBy(r => r.Gap).ThenBy(r => r.Id),
            _ => all.OrderBy(r => r.Id),
        };
        var rows = await ordered.Skip(skip).Take(limit + 1).ToListAsync(cancellationToken);
        var ids = rows.Take(limit).Select(r => r.ItemId).ToList();
        var items = await db.DatasetItems.AsNoTracking().Where(i => ids.Contains(i.Id)).ToDictionaryAsync(i => i.Id, StringComparer.Ordinal, cancellationToken);
        return ([.. rows.Take(limit).Select(row =>
        {
            var item = items.GetValueOrDefault(row.ItemId);
            return new EvaluationItemView
            {
                ResultId = row.Id,
                ItemId = row.ItemId,
                Feature = item?.Feature,
                Prompt = _texts.Bytes(item?.Request) is { } plain ? ReplayBody.Read(plain)?.Prompt : null,
                Expected = _texts.Text(item?.Expected),
                Answers = [.. row.Answers.Select((a, i) => new EvaluationAnswerView(run.Models[i], _texts.Text(a.Text), a.Error, a.LatencyMs, a.Cost, a.OutputTokens, a.Scores))],
                Score = row.Score,
                Gap = row.Gap,
            };
        })], rows.Count > limit);
    }
}

using System.Text.Json.Serialization;
using Gateflow.Core.Access;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.Privacy;

/// <summary>How much was found that holds a text.</summary>
/// <param name="Samples">Stored requests.</param>
/// <param name="Pairs">Pairs of replays: their texts go, their figures stay.</param>
/// <param name="DatasetItems">Items of datasets.</param>
/// <param name="EvaluationItems">Answers of evaluations.</param>
/// <param name="Prompts">Versions of prompts, and descriptions: their texts go, their numbers stay.</param>
/// <param name="Unreadable">Rows encrypted with keys that are gone: nobody can read them, and they are left.</param>
public sealed record Erased(int Samples, int Pairs, int DatasetItems, int EvaluationItems, int Prompts, int Unreadable)
{
    /// <summary>Rows of every kind that held it.</summary>
    [JsonIgnore]
    public int Rows => Samples + Pairs + DatasetItems + EvaluationItems + Prompts;
}

/// <summary>Deletes on request what is stored of requests and answers: samples by model, feature or age, and everything that holds a given text.</summary>
public sealed class Erasure(IDbContextFactory<GateflowDb> databases, ISecretProtector protector)
{
    private const int Chunk = 200;

    /// <summary>Deletes samples; null for any.</summary>
    /// <param name="before">Older ones only.</param>
    public async Task<int> SamplesAsync(string? model, string? feature, DateTimeOffset? before, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var chosen = db.Samples.Where(s => (model == null || s.Model == model) && (feature == null || s.Feature == feature) && (before == null || s.At < before));
        var deleted = 0;
        for (int count; (count = await chosen.OrderBy(s => s.Id).Take(Chunk).ExecuteDeleteAsync(cancellationToken)) > 0;)
        {
            deleted += count;
        }

        return deleted;
    }

    /// <summary>Finds, and unless it is a trial deletes, everything that holds a text, whatever its case.</summary>
    public async Task<Erased> HoldingAsync(string text, bool trial, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var finder = new TextFinder(protector, text);
        var samples = await SearchAsync(
            last => db.Samples.Where(s => s.Id.CompareTo(last) > 0).OrderBy(s => s.Id).Take(Chunk).Select(s => new Row(s.Id, new[] { s.Request, s.Response })), finder, cancellationToken);
        var pairs = await SearchAsync(
            last => db.ReplayPairs.Where(p => p.Id.CompareTo(last) > 0).OrderBy(p => p.Id).Take(Chunk).Select(p => new Row(p.Id, new[] { p.Prompt, p.SourceText, p.TargetText, p.SourceCalls, p.TargetCalls })), finder, cancellationToken);
        var items = await SearchAsync(
            last => db.DatasetItems.Where(i => i.Id.CompareTo(last) > 0).OrderBy(i => i.Id).Take(Chunk).Select(i => new Row(i.Id, new[] { i.Request, i.Expected })), finder, cancellationToken);
        var answers = await AnswersAsync(db, finder, cancellationToken);
        var prompts = await new PromptErasure(protector).HoldingAsync(db, finder, trial, cancellationToken);
        if (!trial)
        {
            await EachAsync(samples, ids => db.Samples.Where(s => ids.Contains(s.Id)).ExecuteDeleteAsync(cancellationToken));
            await EachAsync(pairs, ids => db.ReplayPairs.Where(p => ids.Contains(p.Id)).ExecuteUpdateAsync(
                set => set.SetProperty(p => p.Prompt, (byte[]?)null).SetProperty(p => p.SourceText, (byte[]?)null).SetProperty(p => p.TargetText, (byte[]?)null)
                    .SetProperty(p => p.SourceCalls, (byte[]?)null).SetProperty(p => p.TargetCalls, (byte[]?)null), cancellationToken));
            await EachAsync(items, ids => db.DatasetItems.Where(i => ids.Contains(i.Id)).ExecuteDeleteAsync(cancellationToken));
            await EachAsync(answers, ids => db.EvaluationItems.Where(r => ids.Contains(r.Id)).ExecuteDeleteAsync(cancellationToken));
        }

        return new Erased(samples.Count, pairs.Count, items.Count, answers.Count, prompts, finder.Unreadable);
    }

    private static async Task<List<string>> SearchAsync(Func<string, IQueryable<Row>> after, TextFinder finder, CancellationToken cancellationToken)
    {
        List<string> found = [];
        for (var last = ""; ;)
        {
            var rows = await after(last).ToListAsync(cancellationToken);
            found.AddRange(rows.Where(r => finder.Holds(r.Secrets)).Select(r => r.Id));
            if (rows.Count < Chunk)
            {
                return found;
            }

            last = rows[^1].Id;
        }
    }

    private static async Task<List<string>> AnswersAsync(GateflowDb db, TextFinder finder, CancellationToken cancellationToken)
    {
        List<string> found = [];
        for (var last = ""; ;)
        {
            var rows = await db.EvaluationItems.AsNoTracking().Where(r => r.Id.CompareTo(last) > 0).OrderBy(r => r.Id).Take(Chunk).ToListAsync(cancellationToken);
            found.AddRange(rows.Where(r => finder.Holds([.. r.Answers.Select(a => a.Text)])).Select(r => r.Id));
            if (rows.Count < Chunk)
            {
                return found;
            }

            last = rows[^1].Id;
        }
    }

    private static async Task EachAsync(List<string> ids, Func<string[], Task> act)
    {
        foreach (var chunk in ids.Chunk(Chunk))
        {
            await act(chunk);
        }
    }

    private sealed record Row(string Id, byte[]?[] Secrets);
}

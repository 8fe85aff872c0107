using System.Linq.Expressions;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.Usage;

/// <summary>Deletes what is older than it may be: logged requests after 30 days, fine arm windows and usage by user after 90; samples, and texts that replays and evaluations made of them, as configured. Other rollups, windows of an hour or a life, and results stay.</summary>
public sealed class Retention(IDbContextFactory<GateflowDb> databases, SamplePolicy samples, TimeProvider clock)
{
    public const int RequestDays = 30;
    public const int WindowDays = 90;
    public const int UserDays = 90;

    /// <summary>Rows of one delete: short enough for the recorder to write in between.</summary>
    private const int Chunk = 1_000;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>One pass; returns the rows deleted.</summary>
    public async Task<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await DeleteAsync(db.Requests, r => r.At < now.AddDays(-RequestDays), r => r.At, cancellationToken)
            + await DeleteAsync(db.ArmWindows, w => w.At < now.AddDays(-WindowDays) && (w.Seconds == WindowKey.Fine || w.Seconds == WindowKey.FiveMinutes), w => w.At, cancellationToken)
            + await DeleteAsync(db.UsageDays.Where(d => d.User != ""), d => d.Day < now.AddDays(-UserDays), d => d.Day, cancellationToken)
            + await DeleteAsync(db.Feedback, f => f.At < now.AddDays(-RequestDays), f => f.At, cancellationToken)
            + await DeleteAsync(db.Samples, s => s.At < now.AddDays(-samples.Current.RetentionDays), s => s.At, cancellationToken)
            + await DeleteAsync(db.EvaluationItems, r => r.At < now.AddDays(-samples.Current.RetentionDays), r => r.At, cancellationToken)
            + await ForgetPairsAsync(db, now.AddDays(-samples.Current.RetentionDays), cancellationToken);
    }

    /// <summary>Takes the texts out of the pairs of old replays; their figures stay.</summary>
    private static async Task<int> ForgetPairsAsync(GateflowDb db, DateTimeOffset before, CancellationToken cancellationToken)
    {
        var forgotten = 0;
        foreach (var test in await db.ReplayTests.Where(t => t.CreatedAt < before && db.ReplayPairs.Any(p => p.TestId == t.Id && p.Prompt != null)).Select(t => t.Id).ToListAsync(cancellationToken))
        {
            forgotten += await db.ReplayPairs.Where(p => p.TestId == test).ExecuteUpdateAsync(
                set => set.SetProperty(p => p.Prompt, (byte[]?)null).SetProperty(p => p.SourceText, (byte[]?)null).SetProperty(p => p.TargetText, (byte[]?)null)
                    .SetProperty(p => p.SourceCalls, (byte[]?)null).SetProperty(p => p.TargetCalls, (byte[]?)null), cancellationToken);
        }

        return forgotten;
    }

    private static async Task<int> DeleteAsync<T>(
        IQueryable<T> rows, Expression<Func<T, bool>> old, Expression<Func<T, DateTimeOffset>> age, CancellationToken cancellationToken)
    {
        for (var deleted = 0; ;)
        {
            var count = await rows.Where(old).OrderBy(age).Take(Chunk).ExecuteDeleteAsync(cancellationToken);
            deleted += count;
            if (count < Chunk)
            {
                return deleted;
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }
}

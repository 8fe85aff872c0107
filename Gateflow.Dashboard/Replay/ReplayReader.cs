using System.Security.Cryptography;
using System.Text;
using Gateflow.Core.Access;
using Gateflow.Core.Migrations;
using Gateflow.Core.Replay;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Replay;

/// <summary>How pairs are ordered.</summary>
public enum ReplayPairOrder
{
    /// <summary>As they were answered.</summary>
    Answered,

    /// <summary>Least alike first; pairs that could not be compared last.</summary>
    MostDifferent,
}

/// <summary>Reads tests and their pairs, and notes what people think of them.</summary>
public sealed class ReplayReader(IDbContextFactory<GateflowDb> databases, ISecretProtector protector)
{
    private static readonly string[] Ratings = ["better", "same", "worse"];

    /// <summary>A test of a migration; null when there is none.</summary>
    public async Task<ReplayView?> FindAsync(string migrationId, string testId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var test = await db.ReplayTests.AsNoTracking().FirstOrDefaultAsync(t => t.Id == testId && t.MigrationId == migrationId, cancellationToken);
        return test is null ? null : ReplayView.Of(test);
    }

    /// <summary>The newest test of a migration; null when there is none.</summary>
    public async Task<ReplayView?> LatestAsync(string migrationId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var test = await db.ReplayTests.AsNoTracking().Where(t => t.MigrationId == migrationId)
            .OrderByDescending(t => t.CreatedAt).ThenByDescending(t => t.Id).FirstOrDefaultAsync(cancellationToken);
        return test is null ? null : ReplayView.Of(test);
    }

    /// <summary>Pairs from <paramref name="skip"/> on, and whether more follow.</summary>
    public async Task<(IReadOnlyList<ReplayPairView> Pairs, bool More)> PairsAsync(
        string testId, ReplayPairOrder order, int skip, int limit, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var pairs = db.ReplayPairs.AsNoTracking().Where(p => p.TestId == testId);
        var ordered = order == ReplayPairOrder.MostDifferent
            ? pairs.OrderBy(p => p.Similarity == null).ThenBy(p => p.Similarity).ThenBy(p => p.Id)
            : pairs.OrderBy(p => p.Id);
        var rows = await ordered.Skip(skip).Take(limit + 1).ToListAsync(cancellationToken);
        return ([.. rows.Take(limit).Select(Show)], rows.Count > limit);
    }

    /// <summary>Notes a person's word on a pair: better, same or worse than the source; null takes it back. The test's recommendation follows.</summary>
    public async Task<Refusal?> RateAsync(string migrationId, string testId, string pairId, string? rating, CancellationToken cancellationToken)
    {
        if (rating is not null && !Ratings.Contains(rating))
        {
            return Refusal.Invalid("rating", $"rating must be one of {string.Join(", ", Ratings)}.");
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (!await db.ReplayTests.AnyAsync(t => t.Id == testId && t.MigrationId == migrationId, cancellationToken))
        {
            return Refusal.NotFound("test", testId);
        }

        var rated = await db.ReplayPairs.Where(p => p.Id == pairId && p.TestId == testId)
            .ExecuteUpdateAsync(set => set.SetProperty(p => p.Rating, rating), cancellationToken);
        if (rated == 0)
        {
            return Refusal.NotFound("pair", pairId);
        }

        await WeighAsync(db, testId, cancellationToken);
        return null;
    }

    /// <summary>Counts all ratings of a test that is over again, and draws the conclusion anew.</summary>
    private static async Task WeighAsync(GateflowDb db, string testId, CancellationToken cancellationToken)
    {
        var test = await db.ReplayTests.SingleAsync(t => t.Id == testId, cancellationToken);
        if (test.Results is not { } results)
        {
            return;
        }

        var counts = await db.ReplayPairs.Where(p => p.TestId == testId && p.Rating != null)
            .GroupBy(p => p.Rating!).Select(g => new { Word = g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Word, g => g.Count, cancellationToken);
        test.Results = results.With(counts.Count == 0 ? null : new Opinions(counts.GetValueOrDefault("better"), counts.GetValueOrDefault("same"), counts.GetValueOrDefault("worse")));
        await db.SaveChangesAsync(cancellationToken);
    }

    private ReplayPairView Show(ReplayPair pair) => new()
    {
        PairId = pair.Id,
        SampleId = pair.SampleId,
        Feature = pair.Feature,
        Prompt = Decrypt(pair.Prompt),
        Source = new ReplayPairSide
        {
            Text = Decrypt(pair.SourceText), LatencyMs = pair.SourceLatencyMs, Cost = pair.SourceCost, OutputTokens = pair.SourceTokens, Error = pair.SourceError,
        },
        Target = new ReplayPairSide
        {
            Text = Decrypt(pair.TargetText), LatencyMs = pair.TargetLatencyMs, Cost = pair.TargetCost, OutputTokens = pair.TargetTokens, Error = pair.TargetError,
        },
        Similarity = pair.Similarity,
        FormatMatch = pair.FormatMatch,
        ToolMatch = pair.ToolMatch,
        Judged = pair.Judged,
        Rating = pair.Rating,
    };

    /// <summary>Null also when the keys in the data folder are others than those that encrypted it.</summary>
    private string? Decrypt(byte[]? secret)
    {
        try
        {
            return secret is null ? null : Encoding.UTF8.GetString(protector.Unprotect(secret));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}

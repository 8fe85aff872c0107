using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gateflow.Core.Access;
using Gateflow.Core.Audit;
using Gateflow.Core.Migrations;
using Gateflow.Core.Replay;
using Gateflow.Core.Shadow;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Replay;

/// <summary>Reads the pairs of tests, and notes what people think of them. For operators only: pairs hold what callers wrote.</summary>
public sealed class PairReader(IDbContextFactory<GateflowDb> databases, ISecretProtector protector)
{
    private static readonly string[] Ratings = ["better", "same", "worse"];

    /// <summary>A page of pairs, and whether more follow.</summary>
    public async Task<(IReadOnlyList<ReplayPairView> Pairs, bool More)> ListAsync(string testId, PairQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var rows = await query.Apply(db.ReplayPairs.AsNoTracking().Where(p => p.TestId == testId)).Skip(query.Skip).Take(query.Limit + 1).ToListAsync(cancellationToken);
        return ([.. rows.Take(query.Limit).Select(Show)], rows.Count > query.Limit);
    }

    /// <summary>The ids of the first pairs that a filter takes, in its order.</summary>
    public async Task<IReadOnlyList<string>> IdsAsync(string testId, PairQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await query.Apply(db.ReplayPairs.Where(p => p.TestId == testId)).Skip(query.Skip).Take(query.Limit).Select(p => p.Id).ToListAsync(cancellationToken);
    }

    /// <summary>How many pairs each filter takes.</summary>
    public async Task<IReadOnlyDictionary<ReplayPairFilter, int>> CountsAsync(string testId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var counts = await db.ReplayPairs.Where(p => p.TestId == testId).GroupBy(_ => 1).Select(g => new
        {
            All = g.Count(),
            TargetFailed = g.Count(p => p.TargetError != null),
            SourceFailed = g.Count(p => p.SourceError != null),
            FormatLost = g.Count(p => p.FormatMatch == false),
            ToolsDiffer = g.Count(p => p.ToolMatch < 1),
            JudgedWorse = g.Count(p => p.Judged == JudgeWord.Loss),
            Rated = g.Count(p => p.Rating != null),
            Unrated = g.Count(p => p.Rating == null && p.SourceError == null && p.TargetError == null),
        }).FirstOrDefaultAsync(cancellationToken);
        return new Dictionary<ReplayPairFilter, int>
        {
            [ReplayPairFilter.All] = counts?.All ?? 0,
            [ReplayPairFilter.TargetFailed] = counts?.TargetFailed ?? 0,
            [ReplayPairFilter.SourceFailed] = counts?.SourceFailed ?? 0,
            [ReplayPairFilter.FormatLost] = counts?.FormatLost ?? 0,
            [ReplayPairFilter.ToolsDiffer] = counts?.ToolsDiffer ?? 0,
            [ReplayPairFilter.JudgedWorse] = counts?.JudgedWorse ?? 0,
            [ReplayPairFilter.Rated] = counts?.Rated ?? 0,
            [ReplayPairFilter.Unrated] = counts?.Unrated ?? 0,
        };
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

        await AuditLog.NoteAsync(db, new AuditDraft("replay_pair.update", pairId, ["rating"]), cancellationToken);
        await WeighAsync(db, testId, cancellationToken);
        return null;
    }

    /// <summary>Counts all ratings of a test that is over again, and draws the conclusion anew; once more when somebody else has rated meanwhile.</summary>
    private static async Task WeighAsync(GateflowDb db, string testId, CancellationToken cancellationToken)
    {
        var test = await db.ReplayTests.SingleAsync(t => t.Id == testId, cancellationToken);
        for (var counted = await CountAsync(db, testId, cancellationToken); test.Results is { } results;)
        {
            test.Results = results.With(counted.Count == 0 ? null : counted);
            await db.SaveChangesAsync(cancellationToken);
            var now = await CountAsync(db, testId, cancellationToken);
            if (now == counted)
            {
                return;
            }

            counted = now;
        }
    }

    private static async Task<Opinions> CountAsync(GateflowDb db, string testId, CancellationToken cancellationToken)
    {
        var counts = await db.ReplayPairs.Where(p => p.TestId == testId && p.Rating != null)
            .GroupBy(p => p.Rating!).Select(g => new { Word = g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Word, g => g.Count, cancellationToken);
        return new Opinions(counts.GetValueOrDefault("better"), counts.GetValueOrDefault("same"), counts.GetValueOrDefault("worse"));
    }

    private ReplayPairView Show(ReplayPair pair) => new()
    {
        PairId = pair.Id,
        SampleId = pair.SampleId,
        Feature = pair.Feature,
        Prompt = Decrypt(pair.Prompt),
        Source = new ReplayPairSide
        {
            Text = Decrypt(pair.SourceText), ToolCalls = Calls(pair.SourceCalls),
            LatencyMs = pair.SourceLatencyMs, Cost = pair.SourceCost, OutputTokens = pair.SourceTokens, Error = pair.SourceError,
        },
        Target = new ReplayPairSide
        {
            Text = Decrypt(pair.TargetText), ToolCalls = Calls(pair.TargetCalls),
            LatencyMs = pair.TargetLatencyMs, Cost = pair.TargetCost, OutputTokens = pair.TargetTokens, Error = pair.TargetError,
        },
        Similarity = pair.Similarity,
        FormatMatch = pair.FormatMatch,
        ToolMatch = pair.ToolMatch,
        Judged = pair.Judged,
        Rating = pair.Rating,
    };

    private List<ShadowCall>? Calls(byte[]? secret) => Decrypt(secret) is { } json ? JsonSerializer.Deserialize<List<ShadowCall>>(json, JsonColumn.Options) : null;

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

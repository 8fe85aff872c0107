using System.Text;
using System.Text.Json;
using Gateflow.Core;
using Gateflow.Core.Access;
using Gateflow.Core.Fleet;
using Gateflow.Core.Migrations;
using Gateflow.Core.Replay;
using Gateflow.Core.Shadow;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Replay;

/// <summary>What a test writes: itself, its pairs with encrypted texts, its end. A cancelled test is written too, so nothing here is cancelled.</summary>
internal sealed class ReplayStore(IDbContextFactory<GateflowDb> databases, Transitions transitions, ISecretProtector protector, NodeRegistry nodes, TimeProvider clock)
{
    private const int Chunk = 200;

    /// <summary>Stores a new test, unless the migration has one that runs, or is over. Takes the target for a draft that has none.</summary>
    public async Task<Refusal?> StartAsync(ReplayTest test, string actor, CancellationToken cancellationToken)
    {
        var result = await transitions.ApplyAsync(test.MigrationId, async (migration, db, token) =>
        {
            if (migration.Status is MigrationStatus.Completed or MigrationStatus.RolledBack or MigrationStatus.Cancelled)
            {
                return new Refusal(RefusalKind.Conflict, "illegal_transition", $"This migration is {Wire.Name(migration.Status).Replace('_', ' ')}: there is nothing left to test. Create a new migration of {migration.SourceModel} and test that one.")
                {
                    Status = migration.Status, Allowed = migration.Allowed(),
                };
            }

            if (await db.ReplayTests.Where(t => t.MigrationId == test.MigrationId && t.Status == ReplayStatus.Running).Select(t => t.Id).FirstOrDefaultAsync(token) is { } running)
            {
                return new Refusal(RefusalKind.Conflict, "test_running", $"The test {running} of this migration is still running. Wait for it, or cancel it with POST …/test/{running}/cancel.");
            }

            db.Add(test);
            migration.StartTest(test.Id); // moves the token: of two that start at once, one meets the other's test
            return migration is { TargetModel: null, Status: MigrationStatus.Draft }
                ? migration.Configure(test.TargetModel, migration.Config, ["target_model"], actor, clock.GetUtcNow())
                : null;
        }, cancellationToken);
        return result.Refusal;
    }

    /// <summary>Writes pairs and how far the test is. Those that are written already, by a commit whose answer was lost, are left as they are.</summary>
    public async Task AddPairsAsync(ReplayTest test, IReadOnlyList<(string Id, RanPair Pair)> pairs, int done)
    {
        await using var db = await databases.CreateDbContextAsync();
        var ids = pairs.Select(p => p.Id).ToList();
        var known = await db.ReplayPairs.Where(p => ids.Contains(p.Id)).Select(p => p.Id).ToListAsync();
        db.AddRange(pairs.Where(p => !known.Contains(p.Id)).Select(p => Row(test.Id, p.Id, p.Pair)));
        await using var transaction = await db.Database.BeginTransactionAsync();
        await db.SaveChangesAsync();
        await db.ReplayTests.Where(t => t.Id == test.Id).ExecuteUpdateAsync(set => set.SetProperty(t => t.Done, done));
        await transaction.CommitAsync();
    }

    /// <summary>Writes each pair's scores.</summary>
    /// <param name="judged">The judge's word on each pair; null without one.</param>
    public async Task ScoreAsync(ReplayTest test, IReadOnlyList<(string Id, RanPair Pair)> pairs, ReplayComparisonResult result, IReadOnlyList<JudgeWord?>? judged)
    {
        foreach (var chunk in pairs.Select((p, i) => (p.Id, p.Pair, Index: i)).Where(p => result.Similarities[p.Index] is not null).Chunk(Chunk))
        {
            await using var db = await databases.CreateDbContextAsync();
            foreach (var (id, pair, index) in chunk)
            {
                var row = new ReplayPair { Id = id, TestId = test.Id, SampleId = pair.Sample.Id };
                db.Attach(row);
                (row.Similarity, row.FormatMatch, row.ToolMatch) = (result.Similarities[index], result.FormatMatches[index], result.ToolMatches[index]);
                row.Judged = judged?[index];
            }

            await db.SaveChangesAsync();
        }
    }

    /// <summary>Writes the end; of a completed test also the event "tested", in the same transaction.</summary>
    public async Task FinishAsync(ReplayTest test, ReplayStatus status, int? done, ReplayResults? results, string? error, string actor)
    {
        var now = clock.GetUtcNow();
        await transitions.ApplyAsync(test.MigrationId, async (migration, db, token) =>
        {
            var row = await db.ReplayTests.SingleAsync(t => t.Id == test.Id, token);
            var told = row.Status == ReplayStatus.Completed; // by a commit whose answer was lost
            (row.Status, row.Done, row.FinishedAt, row.Results, row.Error) = (status, done ?? row.Done, now, results, error);
            if (status == ReplayStatus.Completed && results is not null && !told)
            {
                migration.FinishTest(test.Id, Wire.Name(results.Recommendation), actor, now);
            }

            return null;
        }, CancellationToken.None);
    }

    /// <summary>Marks as failed what runs neither here nor on another node that lives. Returns it, with its migration.</summary>
    /// <param name="runsHere">True before a test is stored, and until its end is.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public async Task<IReadOnlyList<(string Id, string MigrationId)>> FailAbandonedAsync(Func<string, bool> runsHere, CancellationToken cancellationToken)
    {
        var others = await nodes.OthersAsync(cancellationToken);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var running = await db.ReplayTests.Where(t => t.Status == ReplayStatus.Running).Select(t => new { t.Id, t.MigrationId, t.Node }).ToListAsync(cancellationToken);
        List<(string, string)> failed = [];
        foreach (var test in running.Where(t => !runsHere(t.Id) && !others.Contains(t.Node)))
        {
            var now = clock.GetUtcNow();
            var marked = await db.ReplayTests.Where(t => t.Id == test.Id && t.Status == ReplayStatus.Running) // it may have ended since
                .ExecuteUpdateAsync(set => set
                    .SetProperty(t => t.Status, ReplayStatus.Failed)
                    .SetProperty(t => t.FinishedAt, now)
                    .SetProperty(t => t.Error, "The program ended while the test ran, or its end could not be stored. Start it again."), cancellationToken);
            if (marked > 0)
            {
                failed.Add((test.Id, test.MigrationId));
            }
        }

        return failed;
    }

    private ReplayPair Row(string testId, string id, RanPair pair) => new()
    {
        Id = id,
        TestId = testId,
        SampleId = pair.Sample.Id,
        SampleHash = pair.Sample.BodyHash,
        Feature = pair.Sample.Feature,
        Prompt = Encrypt(pair.Prompt),
        SourceText = Encrypt(pair.Answers.Source.Text),
        TargetText = Encrypt(pair.Answers.Target.Text),
        SourceCalls = Encrypt(pair.Answers.Source.Calls),
        TargetCalls = Encrypt(pair.Answers.Target.Calls),
        SourceLatencyMs = pair.Answers.Source.IsAnswer ? pair.Answers.Source.LatencyMs : null,
        TargetLatencyMs = pair.Answers.Target.IsAnswer ? pair.Answers.Target.LatencyMs : null,
        SourceCost = pair.Answers.Source.Cost,
        TargetCost = pair.Answers.Target.Cost,
        SourceTokens = pair.Answers.Source.OutputTokens,
        TargetTokens = pair.Answers.Target.OutputTokens,
        SourceError = pair.Answers.Source.Error,
        TargetError = pair.Answers.Target.Error,
    };

    private byte[]? Encrypt(IReadOnlyList<ShadowCall> calls) => calls.Count == 0 ? null : protector.Protect(JsonSerializer.SerializeToUtf8Bytes(calls, JsonColumn.Options));

    private byte[]? Encrypt(string? text) => text is null ? null : protector.Protect(Encoding.UTF8.GetBytes(text));
}

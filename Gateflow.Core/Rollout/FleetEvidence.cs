using System.Text.Json;
using Gateflow.Core.Fleet;
using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Gateflow.Core.Rollout;

/// <summary>
/// The judgement that decisions and pages read. Where a database is one node's alone it is that node's own. Where nodes share it, it is one
/// test over the outcomes of all of them: each node stores its own with its windows, and whoever holds the lease folds them in the order in
/// which they were committed, stores the state and deletes them, all in one transaction, so that every outcome counts exactly once.
/// </summary>
public sealed partial class FleetEvidence(
    IDbContextFactory<GateflowDb> databases, Judge judge, SourceHistory history, ThisNode node, TimeProvider clock, ILogger<FleetEvidence> logger)
{
    /// <summary>Most batches of one transaction.</summary>
    private const int TurnBatches = 1_000;

    /// <summary>How long other nodes may take to tell of their outcomes.</summary>
    private static readonly TimeSpan Telling = TimeSpan.FromSeconds(10);

    /// <summary>How the migrations stand; those without any evidence, or that do not run, are left out.</summary>
    public async Task<IReadOnlyDictionary<string, JudgeView>> ReadAsync(
        GateflowDb db, IReadOnlyCollection<Migration> migrations, CancellationToken cancellationToken)
    {
        var running = migrations.Where(m => m.IsRunning).ToList();
        var views = new Dictionary<string, JudgeView>(StringComparer.Ordinal);
        if (!node.SharesDatabase)
        {
            foreach (var migration in running)
            {
                if (judge.Read(migration.Id) is { } view)
                {
                    views[migration.Id] = view;
                }
            }

            return views;
        }

        var ids = running.ConvertAll(m => m.Id);
        var states = ids.Count == 0 ? [] : await db.Evidence.AsNoTracking().Where(e => e.Node == EvidenceRow.Fleet && ids.Contains(e.MigrationId))
            .ToDictionaryAsync(e => e.MigrationId, e => e.State, StringComparer.Ordinal, cancellationToken);
        foreach (var migration in running)
        {
            var fleet = Now(migration, states.GetValueOrDefault(migration.Id));
            fleet.BeginStep(migration.Step, migration.Weight);
            views[migration.Id] = JudgeView.Of(fleet);
        }

        return views;
    }

    /// <summary>How one migration stands; null when it is not judged.</summary>
    public async Task<JudgeView?> ReadAsync(Migration migration, CancellationToken cancellationToken)
    {
        if (!node.SharesDatabase)
        {
            return migration.IsRunning ? judge.Read(migration.Id) : null;
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return (await ReadAsync(db, [migration], cancellationToken)).GetValueOrDefault(migration.Id);
    }

    /// <summary>The state behind the judgement, for the numbers of a rollback; null when there is none.</summary>
    public async Task<JudgeState?> StateAsync(string migrationId, CancellationToken cancellationToken)
    {
        if (!node.SharesDatabase)
        {
            return judge.Snapshot(migrationId);
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var state = await db.Evidence.Where(e => e.MigrationId == migrationId && e.Node == EvidenceRow.Fleet).Select(e => e.State).FirstOrDefaultAsync(cancellationToken);
        return state is not null && await db.Migrations.AsNoTracking().FirstOrDefaultAsync(m => m.Id == migrationId, cancellationToken) is { } migration
            ? Now(migration, state).Save()
            : null;
    }

    /// <summary>
    /// True while the judgement still is the one that a decision was made on, and no node has braked: to be asked inside the transaction that
    /// raises a weight.
    /// </summary>
    public async Task<bool> StandsAsync(GateflowDb db, string migrationId, JudgeView? seen, CancellationToken cancellationToken)
    {
        if (judge.Read(migrationId)?.Breach is not null)
        {
            return false;
        }

        return !node.SharesDatabase
            || (await db.Evidence.Where(e => e.MigrationId == migrationId && e.Node == EvidenceRow.Fleet).Select(e => (long?)e.Sequence)
                .FirstOrDefaultAsync(cancellationToken) ?? 0) == (seen?.Sequence ?? 0);
    }

    /// <summary>Folds everything that nodes have sent. Nothing is to be done where the database is one node's alone.</summary>
    public async Task FoldAsync(CancellationToken cancellationToken)
    {
        if (!node.SharesDatabase)
        {
            return;
        }

        List<string> waiting;
        await using (var db = await databases.CreateDbContextAsync(cancellationToken))
        {
            waiting = await db.OutcomeBatches.Select(b => b.MigrationId).Distinct().ToListAsync(cancellationToken);
        }

        foreach (var id in waiting)
        {
            try
            {
                while (await FoldAsync(id, cancellationToken) == TurnBatches)
                {
                    // more wait
                }
            }
            catch (DbUpdateException)
            {
                // another node folded in the same moment; what is left is folded with the next turn
            }
        }
    }

    private async Task<int> FoldAsync(string id, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var batches = await db.OutcomeBatches.AsNoTracking().Where(b => b.MigrationId == id).OrderBy(b => b.Id).Take(TurnBatches).ToListAsync(cancellationToken);
        var ids = batches.ConvertAll(b => b.Id);
        if (await db.OutcomeBatches.Where(b => ids.Contains(b.Id)).ExecuteDeleteAsync(cancellationToken) != ids.Count)
        {
            return 0; // another node took them, and nothing is deleted here: the transaction ends without a commit
        }

        // Read after the batches: a migration whose outcomes are stored was started before, so "not running" means that it is over.
        var migration = await db.Migrations.AsNoTracking().FirstOrDefaultAsync(m => m.Id == id, cancellationToken);
        if (migration is { IsRunning: true })
        {
            await FoldAsync(db, migration, batches, cancellationToken);
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return ids.Count;
    }

    private async Task FoldAsync(GateflowDb db, Migration migration, List<OutcomeBatch> batches, CancellationToken cancellationToken)
    {
        var row = await db.Evidence.FirstOrDefaultAsync(e => e.MigrationId == migration.Id && e.Node == EvidenceRow.Fleet, cancellationToken);
        var fleet = Restore(migration, row?.State);
        if (fleet.Step > migration.Step)
        {
            fleet.BeginStep(migration.Step, migration.Weight); // its steps were edited
        }

        var before = VerdictChanges.Of(fleet.Read());
        foreach (var batch in batches)
        {
            Fold(fleet, batch);
        }

        VerdictChanges.Note(migration, VerdictChanges.Between(before, fleet.Read()), clock.GetUtcNow());
        db.AddRange(migration.NewEvents);
        var state = JsonSerializer.Serialize(fleet.Save(), JsonColumn.Options);
        if (row is null)
        {
            db.Evidence.Add(new EvidenceRow { MigrationId = migration.Id, Node = EvidenceRow.Fleet, Sequence = fleet.Sequence, State = state, At = clock.GetUtcNow() });
            return;
        }

        (row.Sequence, row.State, row.At) = (fleet.Sequence, state, clock.GetUtcNow());
    }

    private void Fold(MigrationJudge fleet, OutcomeBatch batch)
    {
        if (batch.Step >= fleet.Step)
        {
            fleet.BeginStep(batch.Step, batch.Weight);
        }

        try
        {
            foreach (var (kind, outcome) in OutcomePacking.Unpack(batch.Outcomes))
            {
                var isScore = kind == LoggedKind.Score;
                if (kind == LoggedKind.Dealt)
                {
                    Deal(fleet, batch, outcome);
                }
                else if (kind == LoggedKind.Feedback)
                {
                    fleet.FoldFeedback(outcome.Arm, outcome.Quality, outcome.Unit);
                }
                else if (batch.Step < fleet.Step)
                {
                    fleet.FoldLate(outcome, isScore, batch.Weight);
                }
                else if (isScore)
                {
                    fleet.FoldScore(outcome.Arm, outcome.Quality, outcome.Unit);
                }
                else
                {
                    fleet.Fold(outcome);
                }
            }
        }
        catch (FormatException fault)
        {
            LogUnreadable(batch.Node, batch.MigrationId, fault.Message);
        }

        if (batch.Breach is { } breach)
        {
            fleet.Adopt(JsonSerializer.Deserialize<GuardrailReading>(breach, JsonColumn.Options)!);
        }
    }

    private static void Deal(MigrationJudge fleet, OutcomeBatch batch, in ArmOutcome dealt)
    {
        var (isTarget, weight) = (dealt.Arm == Arm.Target, (int)Math.Round(batch.Weight * 100));
        if (batch.Step < fleet.Step)
        {
            fleet.AssignedLate(dealt.Unit, isTarget, weight);
        }
        else
        {
            fleet.Assigned(dealt.Unit, isTarget, weight);
        }
    }

    /// <summary>The test as it stands now, with what has waited in it judged. Nothing of that is stored: outcomes alone make the state, in their order.</summary>
    private MigrationJudge Now(Migration migration, string? state)
    {
        var fleet = Restore(migration, state);
        fleet.Elapse((clock.GetUtcNow() - Telling).UtcTicks);
        return fleet;
    }

    private MigrationJudge Restore(Migration migration, string? state)
    {
        var config = JudgeConfigs.OfFleet(migration);
        var fleet = Parse(state) is { } known ? new MigrationJudge(config, known) : new MigrationJudge(config);
        fleet.SetLatencyHistory(history.Known(migration.Id));
        return fleet;
    }

    private static JudgeState? Parse(string? state) => state is null ? null : JsonSerializer.Deserialize<JudgeState>(state, JsonColumn.Options);

    [LoggerMessage(LogLevel.Error, "Outcomes that {Node} sent of {Id} are left out of the evidence: {Message}")]
    private partial void LogUnreadable(string node, string id, string message);
}

using System.Collections.Concurrent;
using System.Threading.Channels;
using Gateflow.Core.Fleet;
using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Gateflow.Core.Rollout;

/// <summary>
/// The reconciler: each second, and at once when the judge or an operator calls, it reads state and evidence and writes the next state.
/// It may run on every node and be killed at any moment: the concurrency token makes a step happen once, and nothing that is needed
/// lives only in memory.
/// </summary>
public sealed partial class RolloutController(
    IDbContextFactory<GateflowDb> databases, Transitions transitions, StartRules rules, Rollbacks rollbacks, Arming arming, Judge judge, FleetEvidence evidence, SourceHistory history, SplitWatch splits, ThisNode node, Lease lease,
    TimeProvider clock, ILogger<RolloutController> logger)
{
    private const string Actor = Migration.Program;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Channel<bool> _wakes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly RunningMigrations _running = new(databases);
    private readonly ScheduledStarts _starts = new(databases, transitions, rules, clock);
    private readonly ConcurrentDictionary<string, IReadOnlyDictionary<GuardrailKind, Verdict>> _verdicts = new(StringComparer.Ordinal);

    /// <summary>Raised with a migration's id when its judgement may have changed, and once more when it runs no more, whoever ended it.</summary>
    public event Action<string>? Judged;

    /// <summary>Asks for a turn now.</summary>
    public void Wake() => _wakes.Writer.TryWrite(true);

    /// <summary>Takes up running migrations with the evidence that was stored, before the first request is served.</summary>
    public async Task RestoreAsync(CancellationToken cancellationToken)
    {
        arming.Listen(Wake);
        await arming.UpdateAsync(await _running.ReadAsync(cancellationToken), cancellationToken);
    }

    /// <summary>Turns until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                using (var pause = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken))
                {
                    var timer = Task.Delay(Interval, clock, pause.Token);
                    await Task.WhenAny(timer, _wakes.Reader.WaitToReadAsync(pause.Token).AsTask());
                    await pause.CancelAsync();
                }

                cancellationToken.ThrowIfCancellationRequested();
                _wakes.Reader.TryRead(out _);
                try
                {
                    await RunOnceAsync(cancellationToken);
                }
                catch (Exception fault) when (fault is not OperationCanceledException)
                {
                    LogFailed(fault.GetType().Name, fault.Message);
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // the program stops
        }
    }

    /// <summary>One turn over all migrations that run or wait for their hour. One that fails does not keep the others from theirs.</summary>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        await rollbacks.SettleAsync((id, fault) => LogMigrationFailed(id, fault.GetType().Name, fault.Message), cancellationToken);
        var running = await _running.ReadAsync(cancellationToken);
        foreach (var id in (await arming.UpdateAsync(running, cancellationToken)).Union(_running.Left, StringComparer.Ordinal))
        {
            _verdicts.TryRemove(id, out _);
            _starts.Forget(id);
            Judged?.Invoke(id); // over, perhaps by another node
        }

        splits.Keep(running);
        await history.RefreshAsync(running, judge, clock.GetUtcNow(), cancellationToken);
        var decides = node.Is(NodeRoles.Controller) && (!node.SharesDatabase || await lease.HoldAsync(cancellationToken));
        if (decides)
        {
            await evidence.FoldAsync(cancellationToken);
        }

        foreach (var migration in running)
        {
            try
            {
                await (decides ? StepAsync(migration, cancellationToken) : WatchAsync(migration, cancellationToken));
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                LogMigrationFailed(migration.Id, fault.GetType().Name, fault.Message);
            }
        }
    }

    /// <summary>What is to be done with a migration now; also what its page says.</summary>
    public static StepDecision Decide(Migration migration, JudgeView? judged, DateTimeOffset now) => StepDecision.Next(new StepInput
    {
        Config = migration.Config,
        Steps = migration.Steps(),
        Step = migration.Step,
        StepStartedAt = migration.StepStartedAt!.Value,
        Now = now,
        HeldSince = migration.UnplannedSince,
        Readings = judged?.Readings ?? [],
        StepTargetOutcomes = judged is not null && judged.Step == migration.Step ? judged.StepTargetOutcomes : 0,
        Split = judged?.Split,
        OutageHold = judged?.OutageHold ?? false,
        OutageCases = judged?.OutageCases ?? default,
        HangUpHold = judged?.HangUpHold ?? false,
        Paused = migration.Status == MigrationStatus.Paused,
        ShadowDone = migration.IsShadowDone,
        Soaking = migration.Status == MigrationStatus.Soaking,
        Approvals = migration.Approvals,
        TargetRequestsPerHour = judged is { StepTargetOutcomes: > 0 } && now > migration.StepStartedAt && migration.Status != MigrationStatus.Soaking // counted since the step before
            ? judged.StepTargetOutcomes / (now - migration.StepStartedAt.Value).TotalHours : null,
    });

    private async Task StepAsync(Migration migration, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (migration.Status == MigrationStatus.Scheduled)
        {
            if (migration.StartsAt(now) <= now && await _starts.TryAsync(migration, cancellationToken))
            {
                Wake();
            }

            return;
        }

        if (await BrakeAsync(migration, cancellationToken))
        {
            return;
        }

        var judged = await evidence.ReadAsync(migration, cancellationToken);
        splits.Look(migration, judged?.Split);
        await NoteVerdictsAsync(migration, judged, cancellationToken);
        var decision = Decide(migration, judged, now);
        switch (decision.Kind)
        {
            case DecisionKind.Rollback:
                await rollbacks.RunAsync(migration.Id, Actor, decision.Reading!.Detail, decision.Reading, cancellationToken, await evidence.StateAsync(migration.Id, cancellationToken));
                break;
            case DecisionKind.Hold or DecisionKind.AskPerson:
                await HoldAsync(migration, judged, decision, cancellationToken);
                break;
            case DecisionKind.Advance:
                await MoveAsync(migration, judged, m => m.Advance(Actor, clock.GetUtcNow(), decision.Warning), cancellationToken);
                break;
            case DecisionKind.Finish:
                await MoveAsync(migration, judged, m => m.Soak(Actor, clock.GetUtcNow()), cancellationToken);
                break;
            case DecisionKind.Complete:
                await MoveAsync(migration, judged, m => m.Complete(Actor, clock.GetUtcNow(), decision.Warning), cancellationToken);
                break;
            case DecisionKind.Wait when migration.HoldReason is not null && migration.Status != MigrationStatus.Paused:
                await MoveAsync(migration, judged, m => m.Release() ? null : Stale, cancellationToken);
                break;
            default:
                break;
        }
    }

    private async Task HoldAsync(Migration migration, JudgeView? judged, StepDecision decision, CancellationToken cancellationToken)
    {
        var reason = Wire.Name(decision.Reason!.Value);
        if (migration.HoldReason != reason)
        {
            var now = clock.GetUtcNow();
            await MoveAsync(migration, judged, m => (decision.Reason == HoldReason.ShadowDone ? m.EndShadow(decision.Sentence, now) : m.Hold(reason, decision.Sentence, now)) ? null : Stale, cancellationToken);
        }
    }

    /// <summary>What a node does that does not decide: it folds its own part of the step, and brakes.</summary>
    private async Task WatchAsync(Migration migration, CancellationToken cancellationToken)
    {
        if (migration.IsRunning && !await BrakeAsync(migration, cancellationToken))
        {
            Judged?.Invoke(migration.Id);
        }
    }

    /// <summary>
    /// Lets this node's judge begin the step that runs and judge what waited, and stores what its own test broke beside the fleet's: its brake is in force already.
    /// </summary>
    private async Task<bool> BrakeAsync(Migration migration, CancellationToken cancellationToken)
    {
        judge.Elapse(migration.Id, clock.GetUtcNow().UtcTicks);
        judge.BeginStep(migration.Id, migration.Step, migration.Weight);
        if (!node.SharesDatabase || !migration.Config.AutoRollback || judge.Read(migration.Id)?.Breach is not { } breach)
        {
            return false;
        }

        await rollbacks.RunAsync(migration.Id, Actor, breach.Detail, breach, cancellationToken);
        return true;
    }

    /// <summary>Moves only what still is as it was read: another node, or a person, may have been first, or the evidence may have changed.</summary>
    private Task<Result<Migration>> MoveAsync(Migration seen, JudgeView? judged, Func<Migration, Refusal?> move, CancellationToken cancellationToken) =>
        transitions.ApplyAsync(seen.Id, async (m, db, token) =>
            m.Version != seen.Version || (m.Config.AutoRollback && !await evidence.StandsAsync(db, m.Id, judged, token)) ? Stale : move(m), cancellationToken);

    private async Task NoteVerdictsAsync(Migration migration, JudgeView? judged, CancellationToken cancellationToken)
    {
        if (judged is null)
        {
            return;
        }

        Judged?.Invoke(migration.Id);
        if (node.SharesDatabase)
        {
            return; // whoever folds notes them, in the same transaction: once for all nodes
        }

        var before = _verdicts.GetValueOrDefault(migration.Id);
        _verdicts[migration.Id] = VerdictChanges.Of(judged.Readings);
        if (before is not null && VerdictChanges.Between(before, judged.Readings) is { Count: > 0 } changes)
        {
            await transitions.NoteAsync(migration.Id, m => VerdictChanges.Note(m, changes, clock.GetUtcNow()), cancellationToken);
        }
    }

    private static readonly Refusal Stale = new(RefusalKind.Conflict, "stale", "The migration moved meanwhile.");

    [LoggerMessage(LogLevel.Error, "A turn of the controller failed and is tried again: {Kind}: {Message}")]
    private partial void LogFailed(string kind, string message);

    [LoggerMessage(LogLevel.Error, "Migration {Id} could not be moved and is tried again: {Kind}: {Message}")]
    private partial void LogMigrationFailed(string id, string kind, string message);
}

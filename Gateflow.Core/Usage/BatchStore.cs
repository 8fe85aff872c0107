using System.Text.Json;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.Usage;

/// <summary>
/// Stores a batch of requests and the judge's states in one transaction. The node alone writes its rows, so those of the running hour and
/// window are read once and then kept; after any failure they are forgotten and read again.
/// </summary>
internal sealed class BatchStore(
    IDbContextFactory<GateflowDb> databases, DemoKeys demo, Judge judge, string node, TimeProvider clock)
{
    /// <summary>Hours and windows of which rows are kept, counted back from the newest.</summary>
    private static readonly TimeSpan KeptHours = TimeSpan.FromHours(2);
    private static readonly TimeSpan KeptWindows = TimeSpan.FromMinutes(2);

    private readonly KeptRollups _rollups = new();
    private readonly Dictionary<WindowKey, ArmWindow> _windows = [];
    private readonly Dictionary<string, (EvidenceRow Row, int Step)> _evidence = new(StringComparer.Ordinal);
    private Setting? _last;

    private string LastName => $"recorder.{node}";

    /// <summary>
    /// Stores the batch, unless it is stored already. Null stores only the judge's states, if they changed. Returns the migrations of which
    /// something was written.
    /// </summary>
    public async Task<IReadOnlyCollection<string>> StoreAsync(UsageBatch? batch, CancellationToken cancellationToken)
    {
        var states = States();
        if (batch is null && states.Count == 0)
        {
            return [];
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var fresh = batch is not null && await MarkAsync(db, batch.Id, cancellationToken);
        if (fresh)
        {
            await AddAsync(db, batch!, cancellationToken);
        }

        Processor.GiveWay();
        await AddStatesAsync(db, states, cancellationToken);
        Processor.GiveWay();
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        foreach (var (migration, (state, _)) in states)
        {
            judge.Sent(migration, state.Sequence);
        }

        Trim();
        return [.. batch?.Windows.Select(w => w.Key.MigrationId) ?? [], .. states.Select(s => s.Migration)];
    }

    /// <summary>True when the database takes writes, whatever is wrong with a batch.</summary>
    public async Task<bool> TakesWritesAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            await db.Settings.Where(s => s.Name == LastName).ExecuteUpdateAsync(set => set.SetProperty(s => s.Value, s => s.Value), cancellationToken);
            return true;
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Forgets what is known of stored rows: after a failure it may not be true.</summary>
    public void Forget()
    {
        _rollups.Forget();
        _windows.Clear();
        _evidence.Clear();
        _last = null;
    }

    /// <summary>Notes the batch as the last one stored; false when it was that already.</summary>
    private async Task<bool> MarkAsync(GateflowDb db, Guid batch, CancellationToken cancellationToken)
    {
        var text = batch.ToString("N");
        _last ??= await db.Settings.AsNoTracking().FirstOrDefaultAsync(s => s.Name == LastName, cancellationToken);
        if (_last is null)
        {
            db.Settings.Add(_last = new Setting { Name = LastName, Value = text });
            return true;
        }

        if (_last.Value == text)
        {
            return false;
        }

        _last.Value = text;
        db.Settings.Update(_last);
        return true;
    }

    private async Task AddAsync(GateflowDb db, UsageBatch batch, CancellationToken cancellationToken)
    {
        var table = demo.Refresh();
        foreach (var (key, tally) in batch.Rollups.Where(r => !demo.IsGone(r.Key.KeyId)))
        {
            Processor.GiveWay();
            await _rollups.AddAsync(db, node, key, tally, demo.IsDemo(key.KeyId), cancellationToken);
        }

        foreach (var (key, tally) in batch.Users)
        {
            Processor.GiveWay();
            await _rollups.AddUserAsync(db, node, key, tally, demo: false, cancellationToken);
        }

        foreach (var (key, tally) in batch.Windows.Where(w => !demo.IsGone(w.Value.KeyId)))
        {
            foreach (var seconds in WindowKey.Lengths)
            {
                var window = await WindowAsync(db, key.Within(seconds), cancellationToken);
                window.Weight = (table.FindMigration(key.MigrationId)?.Weight ?? 0) / 100.0; // no longer routed: rolled back
                tally.AddTo(window);
            }
        }

        await RowInsert<RequestRow>.RunAsync(db, [.. batch.Rows.Where(r => !demo.IsGone(r.KeyId))], cancellationToken);
    }

    private async Task<ArmWindow> WindowAsync(GateflowDb db, WindowKey key, CancellationToken cancellationToken)
    {
        if (!_windows.TryGetValue(key, out var window))
        {
            window = await db.ArmWindows.AsNoTracking().FirstOrDefaultAsync(
                w => w.MigrationId == key.MigrationId && w.Seconds == key.Seconds && w.At == key.At && w.Node == node && w.Arm == key.Arm, cancellationToken);
            if (window is null)
            {
                _windows[key] = window = new ArmWindow { At = key.At, Node = node, MigrationId = key.MigrationId, Arm = key.Arm, Seconds = key.Seconds };
                db.ArmWindows.Add(window);
                return window;
            }

            _windows[key] = window;
        }

        if (db.Entry(window).State == EntityState.Detached) // else another window of the batch lies within it, and it is new perhaps
        {
            db.ArmWindows.Update(window);
        }

        return window;
    }

    /// <summary>States of the migrations judged here that have folded something since they were stored.</summary>
    private List<(string Migration, JudgeSnapshot Snapshot)> States()
    {
        var changed = new List<(string, JudgeSnapshot)>();
        foreach (var migration in judge.Armed)
        {
            if (judge.Collect(migration) is { State: var state } snapshot
                && (!_evidence.TryGetValue(migration, out var stored) || (stored.Row.Sequence, stored.Step) != (state.Sequence, state.Step)))
            {
                changed.Add((migration, snapshot));
            }
        }

        return changed;
    }

    private async Task AddStatesAsync(GateflowDb db, List<(string Migration, JudgeSnapshot Snapshot)> states, CancellationToken cancellationToken)
    {
        foreach (var (migration, (state, unsent)) in states)
        {
            var text = JsonSerializer.Serialize(state, JsonColumn.Options);
            var row = await EvidenceAsync(db, migration, cancellationToken);
            db.OutcomeBatches.AddRange(FleetFeed.Batches(migration, node, unsent, row?.Sequence ?? 0, state.Breach)); // the row tells what was sent
            if (row is null)
            {
                db.Evidence.Add(row = new EvidenceRow { MigrationId = migration, Node = node, Sequence = state.Sequence, State = text, At = clock.GetUtcNow() });
            }
            else
            {
                (row.Sequence, row.State, row.At) = (state.Sequence, text, clock.GetUtcNow());
            }

            _evidence[migration] = (row, state.Step);
        }
    }

    /// <summary>The stored state of a migration on this node, tracked; null when there is none.</summary>
    private async Task<EvidenceRow?> EvidenceAsync(GateflowDb db, string migration, CancellationToken cancellationToken)
    {
        if (!_evidence.TryGetValue(migration, out var known))
        {
            return await db.Evidence.FirstOrDefaultAsync(e => e.MigrationId == migration && e.Node == node, cancellationToken);
        }

        db.Evidence.Attach(known.Row);
        return known.Row;
    }

    private void Trim()
    {
        _rollups.Forget(clock.GetUtcNow() - KeptHours);
        var oldestWindow = clock.GetUtcNow() - KeptWindows;
        foreach (var over in _evidence.Keys.Except(judge.Armed).ToList())
        {
            _evidence.Remove(over);
        }

        var written = _windows.Keys.Where(k => k.Seconds == WindowKey.Fine && k.At >= oldestWindow).Select(k => k.MigrationId).ToHashSet(StringComparer.Ordinal);
        foreach (var key in _windows.Keys.Where(k => k.End < oldestWindow || !written.Contains(k.MigrationId)).ToList())
        {
            _windows.Remove(key);
        }
    }
}

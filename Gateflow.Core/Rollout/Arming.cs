using System.Collections.Concurrent;
using System.Text.Json;
using Gateflow.Core.Fleet;
using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.Rollout;

/// <summary>
/// Keeps this node's judge armed for the migrations that run, with the evidence that the node stored, and puts its brake on at a breach: in force for the
/// next request, whatever the database does.
/// </summary>
public sealed class Arming(
    IDbContextFactory<GateflowDb> databases, Transitions transitions, Rollbacks rollbacks, Judge judge, SourceHistory history, ThisNode node)
{
    private readonly ConcurrentDictionary<string, byte> _braking = new(StringComparer.Ordinal);

    /// <summary>Listens to the judge and to transitions; once, before the first request is served.</summary>
    /// <param name="breached">Called after each breach of this node's judge, once its brake is on.</param>
    public void Listen(Action breached)
    {
        judge.Breached += (id, _) =>
        {
            if (_braking.ContainsKey(id))
            {
                rollbacks.Brake(id);
            }

            breached();
        };
        transitions.Routing += migration =>
        {
            if (migration.IsRunning && node.Is(NodeRoles.Gateway))
            {
                Arm(migration, null);
            }
        };
    }

    /// <summary>Arms what runs and is not armed yet, takes over changed limits, disarms what is over. Returns the migrations that are over.</summary>
    public async Task<IReadOnlyList<string>> UpdateAsync(IReadOnlyList<Migration> migrations, CancellationToken cancellationToken)
    {
        var running = migrations.Where(m => m.IsRunning).ToList();
        var over = judge.Armed.Except(running.Select(m => m.Id)).ToList();
        foreach (var id in over)
        {
            if (_braking.ContainsKey(id) && judge.Read(id)?.Breach is { } breach && await IsCompletedAsync(id, cancellationToken))
            {
                await rollbacks.RunAsync(id, Migration.Program, breach.Detail, breach, cancellationToken); // it broke while it was being completed: the brake is on
            }

            judge.Disarm(id);
            _braking.TryRemove(id, out _);
            history.Forget(id);
        }

        if (!node.Is(NodeRoles.Gateway))
        {
            return over;
        }

        foreach (var migration in running)
        {
            if (judge.IsArmed(migration.Id))
            {
                SetBrake(migration); // auto_rollback and limits may have changed while paused, perhaps by another node
                judge.Tighten(migration.Id, JudgeConfigs.OfNode(migration, node));
                continue;
            }

            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            var row = await db.Evidence.AsNoTracking().FirstOrDefaultAsync(e => e.MigrationId == migration.Id && e.Node == node.Name, cancellationToken);
            Arm(migration, row is null ? null : JsonSerializer.Deserialize<JudgeState>(row.State, JsonColumn.Options));
        }

        return over;
    }

    private async Task<bool> IsCompletedAsync(string id, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Migrations.AnyAsync(m => m.Id == id && m.Status == MigrationStatus.Completed, cancellationToken);
    }

    private void Arm(Migration migration, JudgeState? state)
    {
        SetBrake(migration);
        if (!judge.Arm(migration.Id, JudgeConfigs.OfNode(migration, node), state))
        {
            judge.Tighten(migration.Id, JudgeConfigs.OfNode(migration, node));
        }

        if (migration.Status != MigrationStatus.Soaking)
        {
            judge.BeginStep(migration.Id, migration.Step, migration.Weight);
        }
    }

    private void SetBrake(Migration migration)
    {
        if (migration.Config.AutoRollback)
        {
            _braking[migration.Id] = 0;
        }
        else
        {
            _braking.TryRemove(migration.Id, out _);
        }
    }
}

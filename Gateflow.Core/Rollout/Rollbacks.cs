using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Gateflow.Core.Migrations;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;

namespace Gateflow.Core.Rollout;

/// <summary>
/// Rolls a migration back: brakes this node's routes first, so that it is in force for the next request whatever the database does,
/// then stores state, event and history in one transaction. It wins every race, because it re-reads and tries again until it is in force.
/// </summary>
public sealed class Rollbacks(Transitions transitions, Routes routes, ModelDirectory models, Judge judge, TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, TimeSpan> _effects = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (string Actor, string Reason)> _owed = new(StringComparer.Ordinal);

    /// <summary>Sends every new request of the migration to the source from now on, and remembers how long that took.</summary>
    public void Brake(string id)
    {
        if (!_effects.ContainsKey(id))
        {
            var began = clock.GetTimestamp();
            routes.Brake(id);
            _effects.TryAdd(id, clock.GetElapsedTime(began));
        }
    }

    /// <summary>
    /// A person's rollback. Once asked for it is carried out, whether or not whoever asked waits for it; while the database is away it is in force on
    /// this node, and <see cref="SettleAsync"/> stores it later.
    /// </summary>
    public async Task<Result<Migration>> RunAsync(string id, string actor, string reason)
    {
        try
        {
            return await RunAsync(id, actor, reason, null, CancellationToken.None);
        }
        catch (Exception fault) when (DatabaseFault.Is(fault))
        {
            _owed[id] = (actor, reason);
            return new Refusal(RefusalKind.Unavailable, "rollback_not_stored",
                "The database cannot be reached. On this node every new request goes to the source from now on; the rollback is stored, and told to other nodes, as soon as the database is back.");
        }
    }

    /// <summary>Stores what persons rolled back while the database was away.</summary>
    public async Task SettleAsync(CancellationToken cancellationToken)
    {
        foreach (var (id, (actor, reason)) in _owed)
        {
            await RunAsync(id, actor, reason, null, cancellationToken); // a refusal (it is over already) settles it as well
            _owed.TryRemove(id, out _);
        }
    }

    /// <param name="guardrail">What broke; null when a person rolls back.</param>
    /// <param name="judged">The state of the test that it broke in; null for this node's own.</param>
    public async Task<Result<Migration>> RunAsync(
        string id, string actor, string reason, GuardrailReading? guardrail, CancellationToken cancellationToken, JudgeState? judged = null)
    {
        if (NoWayBack(id) is { } stranded)
        {
            return stranded;
        }

        Brake(id);
        var effect = _effects.GetValueOrDefault(id);
        var state = judged ?? judge.Snapshot(id);
        var result = await transitions.ApplyAsync(id, (migration, db, _) =>
        {
            var now = clock.GetUtcNow();
            var traffic = migration.Weight;
            var (requests, seconds) = Detection(guardrail, state, migration.StepStartedAt, now);
            var data = new JsonObject { ["reason"] = reason, ["automatic"] = guardrail is not null };
            if (guardrail is not null)
            {
                data["guardrail"] = Wire.Name(guardrail.Guardrail);
                data["evidence"] = Math.Round(guardrail.Evidence, 3);
                data["threshold"] = Math.Round(guardrail.Threshold, 3);
                data["samples"] = guardrail.Samples;
                data["detail"] = guardrail.Detail;
                data["detection_requests"] = requests;
                data["detection_seconds"] = seconds;
            }

            data["effect_ms"] = Math.Round(effect.TotalMilliseconds, 3);

            if (migration.RollBack(actor, now, data) is { } refusal)
            {
                return Task.FromResult<Refusal?>(refusal);
            }

            db.Add(new Rollback
            {
                MigrationId = id,
                At = now,
                Automatic = guardrail is not null,
                Reason = reason,
                Actor = actor,
                Guardrail = guardrail is null ? null : Wire.Name(guardrail.Guardrail),
                Evidence = guardrail?.Evidence,
                Threshold = guardrail?.Threshold,
                TrafficAtRollback = traffic,
                DetectionRequests = requests,
                DetectionSeconds = seconds,
                EffectMs = effect.TotalMilliseconds,
            });
            return Task.FromResult<Refusal?>(null);
        }, cancellationToken);
        judge.Disarm(id);
        _effects.TryRemove(id, out _);
        if (!result.IsOk)
        {
            await routes.ReleaseAsync(id, cancellationToken);
        }

        return result;
    }

    /// <summary>Why the requests of a completed migration cannot return: nobody serves the source any more. Asked of memory alone, before anything is braked.</summary>
    private Refusal? NoWayBack(string id) =>
        routes.Current.FindMigration(id) is { Completed: true } completed && !models.IsServed(completed.SourceModel)
            ? new Refusal(RefusalKind.Conflict, "source_not_served",
                $"No configured provider serves '{completed.SourceModel}' any more: its requests would have nowhere to return to. Add a provider that serves it, or migrate from '{completed.TargetModel}' to another model.")
            {
                Status = MigrationStatus.Completed,
            }
            : null;

    private static (long? Requests, double? Seconds) Detection(
        GuardrailReading? guardrail, JudgeState? state, DateTimeOffset? stepStarted, DateTimeOffset now) => guardrail is null || state is null
        ? (null, null)
        : (state.StepTargetOutcomes - state.OutcomesBeforeFailure,
            (state.FirstFailureTicks ?? stepStarted?.UtcTicks) is { } first ? Math.Max(0, TimeSpan.FromTicks(now.UtcTicks - first).TotalSeconds) : null);
}

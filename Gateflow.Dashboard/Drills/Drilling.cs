using System.Text.Json;
using Gateflow.Core.Access;
using Gateflow.Core.Drills;
using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Migrations;
using Gateflow.Gateway.Drills;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Drills;

/// <summary>Runs drills, one at a time on a node, and keeps what they showed.</summary>
public sealed class Drilling(
    IDbContextFactory<GateflowDb> databases, ModelDirectory models, Judge judge, Forecasting forecasting, TimeProvider clock) : IDisposable
{
    /// <summary>Supposed where no traffic is known.</summary>
    private const double AssumedRequestsPerHour = 600;

    private const int Kept = 20;

    private readonly SemaphoreSlim _one = new(1, 1);

    public async Task<Result<DrillView>> RunAsync(string id, DrillRequest request, string actor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Check() is { } invalid)
        {
            return invalid;
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await db.Migrations.AsNoTracking().FirstOrDefaultAsync(m => m.Id == id, cancellationToken) is not { } migration)
        {
            return Refusal.NotFound("migration", id);
        }

        var plan = await PlanAsync(migration, request, cancellationToken);
        if (!plan.IsOk)
        {
            return plan.Refusal;
        }

        if (!await _one.WaitAsync(0, cancellationToken))
        {
            return new Refusal(RefusalKind.Conflict, "drill_running", "Another drill is running on this node; it takes seconds. Try again.");
        }

        try
        {
            var now = clock.GetUtcNow();
            var run = new DrillRun
            {
                Id = Ids.New("drill", now),
                MigrationId = id,
                At = now,
                Actor = actor,
                Result = await Task.Run(() => Drill.RunAsync(plan.Value, now, cancellationToken), cancellationToken), // seconds of work, off the caller's thread
            };
            db.Add(run);
            await db.SaveChangesAsync(cancellationToken);
            return DrillView.Of(run);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>The last drills of a migration, newest first; null when there is no such migration.</summary>
    public async Task<IReadOnlyList<DrillView>?> ListAsync(string id, CancellationToken cancellationToken, bool exists = false)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (!exists && !await db.Migrations.AnyAsync(m => m.Id == id, cancellationToken))
        {
            return null;
        }

        var runs = await db.Drills.AsNoTracking().Where(d => d.MigrationId == id).OrderByDescending(d => d.Id).Take(Kept).ToListAsync(cancellationToken);
        return [.. runs.Select(DrillView.Of)];
    }

    public void Dispose() => _one.Dispose();

    private async Task<Result<DrillPlan>> PlanAsync(Migration migration, DrillRequest request, CancellationToken cancellationToken)
    {
        if (migration.Status is not (MigrationStatus.Draft or MigrationStatus.Scheduled) && !migration.IsRunning)
        {
            return new Refusal(RefusalKind.Conflict, "illegal_transition",
                $"This migration is {Core.Wire.Name(migration.Status).Replace('_', ' ')}: it has no rollback left to practise. Practise on a draft or on a migration that runs.")
            {
                Status = migration.Status, Allowed = migration.Allowed(),
            };
        }

        if (migration.TargetModel is not { } target)
        {
            return Refusal.Invalid("target_model", "Choose a target model first.");
        }

        foreach (var (param, model) in new[] { ("source_model", migration.SourceModel), ("target_model", target) })
        {
            if (!models.IsServed(model))
            {
                return Refusal.Invalid(param, $"No configured provider serves '{model}': there is no route to practise on.");
            }
        }

        var rate = await forecasting.RateAsync(migration.SourceModel, migration.Config, migration.Analysis, cancellationToken);
        return new DrillPlan
        {
            MigrationId = migration.Id,
            Source = models.Routes[migration.SourceModel],
            Target = models.Routes[target],
            Config = migration.Config,
            Judge = JudgeConfigs.Of(migration),
            State = request.Kind == DrillKind.Error && migration.IsRunning ? Copy(judge.Snapshot(migration.Id)) : null,
            Kind = request.Kind,
            FailureRate = request.FailureRate,
            Requests = request.Requests,
            RequestsPerHour = rate ?? AssumedRequestsPerHour,
            RateKnown = rate is not null,
            TrafficOnTarget = migration is { IsRunning: true, Weight: > 0 }
                ? migration.Weight : migration.Steps().FirstOrDefault(s => s.Weight > 0)?.Weight ?? 100,
        };
    }

    /// <summary>By its stored form: nothing is shared with the judge that decides.</summary>
    private static JudgeState? Copy(JudgeState? state) =>
        state is null ? null : JsonSerializer.Deserialize<JudgeState>(JsonSerializer.Serialize(state, JsonColumn.Options), JsonColumn.Options);
}

using Gateflow.Core;
using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.RollbackHistory;
using Gateflow.Dashboard.Shadow;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Migrations;

/// <summary>Reads migrations for API, pages and hub, all in the same shape.</summary>
public sealed class MigrationReader(IDbContextFactory<GateflowDb> databases, FleetEvidence evidence, ShadowReader shadow, TimeProvider clock)
{
    /// <summary>One migration with its numbers; null when there is none.</summary>
    public async Task<MigrationView?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var migration = await db.Migrations.AsNoTracking().FirstOrDefaultAsync(m => m.Id == id, cancellationToken);
        return migration is null ? null : (await ViewsAsync(db, [migration], cancellationToken))[0];
    }

    /// <summary>Newest first. The cursor is the id of the last item of the page before.</summary>
    public async Task<ListPage<MigrationView>> ListAsync(
        IReadOnlyList<MigrationStatus> statuses, string? sourceModel, int limit, string? cursor, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var query = db.Migrations.AsNoTracking();
        if (statuses.Count > 0)
        {
            query = query.Where(m => statuses.Contains(m.Status));
        }

        if (sourceModel is not null)
        {
            query = query.Where(m => m.SourceModel == sourceModel);
        }

        if (cursor is not null)
        {
            query = query.Where(m => m.Id.CompareTo(cursor) < 0);
        }

        var found = await query.OrderByDescending(m => m.Id).Take(limit + 1).ToListAsync(cancellationToken);
        var page = found.Take(limit).ToList();
        return new ListPage<MigrationView>(await ViewsAsync(db, page, cancellationToken), found.Count > limit ? page[^1].Id : null);
    }

    /// <summary>How many migrations stand in each status; a status without any is left out.</summary>
    public async Task<IReadOnlyDictionary<MigrationStatus, int>> CountsAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Migrations.GroupBy(m => m.Status).Select(g => new { g.Key, Count = g.Count() })
            .ToDictionaryAsync(g => g.Key, g => g.Count, cancellationToken);
    }

    /// <summary>Events in the order they happened, after the one given.</summary>
    public async Task<IReadOnlyList<EventView>?> EventsAsync(string id, long after, int limit, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var events = await db.MigrationEvents.AsNoTracking().Where(e => e.MigrationId == id && e.Id > after)
            .OrderBy(e => e.Id).Take(limit).ToListAsync(cancellationToken);
        return events.Count == 0 && !await db.Migrations.AnyAsync(m => m.Id == id, cancellationToken) ? null : [.. events.Select(EventView.Of)];
    }

    /// <summary>The history of rollbacks, newest first.</summary>
    public async Task<ListPage<RollbackView>> RollbacksAsync(int limit, long? before, string? migrationId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var rows = await (
            from r in db.Rollbacks.AsNoTracking()
            join m in db.Migrations.AsNoTracking() on r.MigrationId equals m.Id
            where (before == null || r.Id < before) && (migrationId == null || r.MigrationId == migrationId)
            orderby r.Id descending
            select new { r, m.SourceModel, m.TargetModel, m.Config, m.Demo }).Take(limit + 1).ToListAsync(cancellationToken);
        return new ListPage<RollbackView>(
            [.. rows.Take(limit).Select(x => new RollbackView
            {
                MigrationId = x.r.MigrationId,
                SourceModel = x.SourceModel,
                TargetModel = x.TargetModel ?? "",
                At = x.r.At,
                Automatic = x.r.Automatic,
                Reason = x.r.Reason,
                Actor = x.r.Actor,
                Guardrail = x.r.Guardrail,
                Evidence = x.r.Evidence,
                Threshold = x.r.Threshold,
                TrafficAtRollback = x.r.TrafficAtRollback,
                DetectionRequests = x.r.DetectionRequests,
                DetectionSeconds = x.r.DetectionSeconds,
                EffectMs = x.r.EffectMs,
                Features = x.Config.Scope.Features,
                Note = x.r.Note,
                NoteBy = x.r.NoteBy,
                NoteAt = x.r.NoteAt,
                Demo = x.Demo,
            })],
            rows.Count > limit ? rows[limit - 1].r.Id.ToString(System.Globalization.CultureInfo.InvariantCulture) : null);
    }

    /// <summary>The first migration of any of that traffic that was started after a moment, else the first that was made after it and not cancelled; null when there is none.</summary>
    public async Task<NextTry?> NextAsync(string sourceModel, MigrationScope scope, DateTimeOffset after, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var later = db.Migrations.AsNoTracking().Where(m => m.SourceModel == sourceModel && (m.StartedAt > after || m.CreatedAt > after) && m.Status != MigrationStatus.Cancelled)
            .OrderBy(m => m.StartedAt == null).ThenBy(m => m.StartedAt).ThenBy(m => m.CreatedAt)
            .Select(m => new { m.Id, m.SourceModel, m.TargetModel, m.Status, m.CreatedAt, m.StartedAt, m.Config }).AsAsyncEnumerable();
        var next = await later.FirstOrDefaultAsync(m => Overlaps.Meet(m.Config.Scope, scope), cancellationToken);
        return next is null ? null : new NextTry(next.Id, next.SourceModel, next.TargetModel, next.Status, next.CreatedAt, next.StartedAt);
    }

    /// <summary>Points of the live charts from a moment on to another, both included, in order of time, one each <paramref name="every"/>: a whole multiple of 10 s.</summary>
    public async Task<IReadOnlyList<ArmPoint>> PointsAsync(
        string id, DateTimeOffset from, DateTimeOffset until, TimeSpan every, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await ArmWindowQuery.PointsAsync(db, id, from, until, every, cancellationToken);
    }

    /// <summary>The latest requests of a migration, newest first; null when there is no such migration.</summary>
    public async Task<IReadOnlyList<RequestView>?> RequestsAsync(string id, int limit, CancellationToken cancellationToken, bool exists = false)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var requests = await db.Requests.AsNoTracking().Where(r => r.MigrationId == id)
            .OrderByDescending(r => r.At).ThenByDescending(r => r.Id).Take(limit)
            .Select(r => new RequestView
            {
                RequestId = r.Id,
                At = r.At,
                Arm = r.Arm,
                Outcome = r.Outcome,
                Status = r.Status,
                Model = r.Model,
                ServedModel = r.ServedModel,
                FallbackReason = r.FallbackReason,
                ErrorCode = r.ErrorCode,
                DurationMs = r.DurationMs,
                Stream = r.Stream,
                Feature = r.Feature,
                Demo = r.Demo,
            })
            .ToListAsync(cancellationToken);
        return requests.Count == 0 && !exists && !await db.Migrations.AnyAsync(m => m.Id == id, cancellationToken) ? null : requests;
    }

    private async Task<IReadOnlyList<MigrationView>> ViewsAsync(GateflowDb db, List<Migration> migrations, CancellationToken cancellationToken)
    {
        var started = migrations.Where(m => m.StartedAt is not null).Select(m => m.Id).ToList();
        var lives = await ArmWindowQuery.LivesAsync(db, started, cancellationToken);
        var shares = await ArmWindowQuery.SharesAsync(db, [.. migrations.Where(m => m.IsRunning && m.StepStartedAt is not null).Select(m => (m.Id, m.StepStartedAt!.Value))], cancellationToken);
        var judged = await evidence.ReadAsync(db, migrations, cancellationToken);
        var mirrors = await shadow.ReadAsync(db, migrations, cancellationToken);
        var feedback = (await FeedbackSums.ReadAsync(db, started, cancellationToken)).ToLookup(f => f.MigrationId, StringComparer.Ordinal);
        var held = await HeldEvents.LatestAsync(db, [.. migrations.Where(m => m is { Status: MigrationStatus.Scheduled, HoldReason: not null }).Select(m => m.Id)], cancellationToken);
        var now = clock.GetUtcNow();
        return
        [
            .. migrations.Select(m =>
                View(m, [.. lives[m.Id]], shares, [.. feedback[m.Id]], judged.GetValueOrDefault(m.Id), (string?)held.GetValueOrDefault(m.Id)?["detail"], now) with { Shadow = mirrors.GetValueOrDefault(m.Id) }),
        ];
    }

    private static MigrationView View(
        Migration m, List<ArmWindow> life, IReadOnlyDictionary<string, double> shares, IReadOnlyList<FeedbackSum> feedback, JudgeView? judged, string? held, DateTimeOffset now)
    {
        var steps = m.Steps();
        var decision = m.IsRunning ? RolloutController.Decide(m, judged, now) : null;
        return new MigrationView
        {
            MigrationId = m.Id,
            Status = m.Status,
            Name = m.Name,
            SourceModel = m.SourceModel,
            TargetModel = m.TargetModel,
            CreatedAt = m.CreatedAt,
            CreatedBy = m.CreatedBy,
            Demo = m.Demo,
            Config = m.Config,
            Steps = steps,
            Progress = new ProgressView
            {
                TrafficOnTarget = m.Status == MigrationStatus.Completed ? 100 : m.Weight,
                ObservedOnTarget = m.IsRunning ? shares.TryGetValue(m.Id, out var share) ? share : null : ArmTotals.Share(life),
                Split = judged?.Split is { } split && m.Weight is > 0 and < 100 ? Verdict(split) : null,
                Step = m.Step + 1,
                Steps = steps.Count,
                StartedAt = m.StartedAt,
                StepStartedAt = m.StepStartedAt,
                SoakStartedAt = m.SoakStartedAt,
                FinishedAt = m.FinishedAt,
                EstimatedCompletion = m.FinishedAt ?? Estimate(m, steps, now),
                HoldReason = m.HoldReason,
                HeldSince = m.HeldSince,
                WindowOpensAt = decision is { Reason: HoldReason.Window } ? decision.Until : null,
                ApprovalsNeeded = m.ApprovalsNeeded,
                ApprovedBy = m.ApprovedBy,
            },
            Metrics = ArmTotals.Metrics(life, feedback),
            Verdicts = [.. (judged?.Readings ?? []).Select(Verdict), .. judged?.Split is { Verdict: Core.Rollout.Verdict.Watch } deviates ? new[] { Verdict(deviates) } : []],
            Sentence = decision?.Sentence ?? Sentence(m, held, now),
            AllowedActions = m.Allowed(),
            TestId = m.TestId,
            Analysis = m.Analysis,
            Recommendations = m.Recommendations,
            Compatibility = m.Compatibility,
        };
    }

    /// <summary>When it would complete if no step had to wait for evidence.</summary>
    private static DateTimeOffset? Estimate(Migration m, IReadOnlyList<RolloutStep> steps, DateTimeOffset now)
    {
        if (m.Status == MigrationStatus.Soaking)
        {
            return Later(m.SoakStartedAt!.Value + m.Config.Soak, now);
        }

        if (m.Status is not (MigrationStatus.InProgress or MigrationStatus.Scheduled) || (m.Status == MigrationStatus.Scheduled && m.StartsAt(now) is null))
        {
            return null;
        }

        var at = m.Status == MigrationStatus.Scheduled ? m.StartsAt(now)!.Value : Later(m.StepStartedAt!.Value + steps[m.Step].Hold, now);
        var rest = steps.Skip(m.Step + 1).Aggregate(m.Config.Soak, (sum, step) => sum + step.Hold);
        return rest < DateTimeOffset.MaxValue - at ? at + rest : null;
    }

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private static VerdictView Verdict(GuardrailReading r) => new()
    {
        Guardrail = r.Guardrail,
        Verdict = r.Verdict,
        Evidence = Math.Round(r.Evidence, 4),
        Threshold = r.Threshold,
        WatchAt = r.WatchAt,
        Limit = r.Limit,
        Samples = r.Samples,
        Needed = r.Needed,
        Observed = r.Observed,
        Baseline = r.Baseline,
        Detail = r.Detail,
        Judged = r.Judged,
        BlocksAdvance = r.BlocksAdvance,
    };

    private static string Sentence(Migration m, string? held, DateTimeOffset now) => m.Status switch
    {
        MigrationStatus.Draft when m.TargetModel is null => "A draft. Choose a target model next.",
        MigrationStatus.Draft => $"A draft: nothing moves until it is executed. {m.TargetModel} is chosen.",
        MigrationStatus.Scheduled when m.HoldReason == Migration.NotReady => $"Its hour has come, but it may not start as it is. {held} Then it starts by itself.",
        MigrationStatus.Scheduled when m.HoldReason is not null => $"Its hour has come, but another migration stands in its way. {held} It starts by itself once nothing does.",
        MigrationStatus.Scheduled => m.StartsAt(now) is { } at
            ? $"Starts by itself at {at.UtcDateTime:yyyy-MM-dd HH:mm} UTC."
            : "Scheduled, but its windows and blackouts leave no hour for the start.",
        MigrationStatus.Completed => $"Completed. Requests for {m.SourceModel} are answered by {m.TargetModel}.",
        MigrationStatus.RolledBack => $"Rolled back. All traffic is on {m.SourceModel}.",
        MigrationStatus.Cancelled => "Cancelled before it started.",
        _ => Wire.Name(m.Status),
    };
}

using Gateflow.Core.Deprecations;
using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.Usage;

/// <summary>Answers questions about usage from rollups alone: the cost grows with hours × series, never with requests.</summary>
/// <param name="databases">Where rollups are.</param>
/// <param name="clock">Tells what is now.</param>
/// <param name="usual">Limits of long contexts and short queries where none are asked for.</param>
public sealed class UsageQuery(IDbContextFactory<GateflowDb> databases, TimeProvider clock, UsageLimits? usual = null)
{
    /// <summary>The usual limits.</summary>
    public UsageLimits Limits { get; } = usual ?? new();

    /// <summary>How a model was used in the hours that begin in [from, to); the hour that <paramref name="from"/> lies in counts whole.</summary>
    /// <param name="model">The id that was asked for, after aliases.</param>
    /// <param name="from">Begin of the period.</param>
    /// <param name="to">Its end, exclusive.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <param name="limits">What is a long context and a short query; null for the usual limits.</param>
    /// <param name="withUsers">False leaves users out, who are most of what is read where there are many.</param>
    /// <param name="scope">Reads the requests of its features and keys alone, and no users; null for all. Its own users are not told apart from others.</param>
    public async Task<UsageAnalysis> AnalyzeAsync(
        string model, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken, UsageLimits? limits = null, bool withUsers = true, MigrationScope? scope = null)
    {
        var part = (scope ?? new()) with { Users = [] };
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var (start, end) = (RollupKey.Floor(from, TimeSpan.TicksPerHour), to.ToUniversalTime());
        var firstDay = RollupKey.Floor(start, TimeSpan.TicksPerDay);
        var wholeFrom = firstDay == start ? start : firstDay.AddDays(1);
        var wholeTo = RollupKey.Floor(end, TimeSpan.TicksPerDay);
        if (wholeTo < wholeFrom)
        {
            wholeFrom = wholeTo = end; // within one day
        }

        var totals = new UsageTotals();
        await foreach (var row in Hours(db, model, part, start, wholeFrom).Concat(Hours(db, model, part, wholeTo, end)).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            totals.Add(row);
        }

        var days = db.UsageDays.AsNoTracking().Where(d => d.Model == model && d.Day >= firstDay && d.Day < end && d.Requests > 0
            && (d.User == "" ? d.Day >= wholeFrom && d.Day < wholeTo : withUsers));
        days = part.Features.Count > 0 ? days.Where(d => part.Features.Contains(d.Feature)) : days;
        days = part.ApiKeys.Count > 0 ? days.Where(d => part.ApiKeys.Contains(d.KeyId)) : days;
        await foreach (var row in days.AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            totals.Add(row);
        }

        var names = await NamesAsync(db, [.. totals.Keys], cancellationToken);
        return new UsageReport(totals, names, limits ?? Limits).Of(from.ToUniversalTime(), end) with { Scope = part };
    }

    /// <summary>Models that were asked for in the period, most used first. A cost is null when no request of the model had a price.</summary>
    public async Task<IReadOnlyList<UsedModel>> UsedModelsAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var models = await Between(db, from, to).GroupBy(r => r.Model).Select(g => new
        {
            Model = g.Key,
            Requests = g.Sum(r => r.Requests),
            Cost = g.Sum(r => (double)r.Cost),
            Unpriced = g.Sum(r => r.UnpricedRequests),
        }).ToListAsync(cancellationToken);
        return
        [
            .. models.OrderByDescending(m => m.Requests).ThenBy(m => m.Model, StringComparer.Ordinal).Select(m => new UsedModel(
                m.Model, Requests: m.Requests, Cost: m.Unpriced > 0 && m.Cost == 0 ? null : Math.Round((decimal)m.Cost, 9))),
        ];
    }

    /// <summary>Everything that was sent, by the hour, in order of time; hours without a request are left out.</summary>
    public async Task<IReadOnlyList<UsageHour>> HoursAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var hours = await Between(db, from, to).GroupBy(r => r.Hour).Select(g => new
        {
            Hour = g.Key,
            Requests = g.Sum(r => r.Requests),
            Errors = g.Sum(r => r.Errors),
            Cost = g.Sum(r => (double)r.Cost),
            Unpriced = g.Sum(r => r.UnpricedRequests),
        }).ToListAsync(cancellationToken);
        return
        [
            .. hours.OrderBy(h => h.Hour).Select(h => new UsageHour
            {
                Hour = h.Hour, Requests = h.Requests, Errors = h.Errors, Cost = Math.Round((decimal)h.Cost, 9), UnpricedRequests = h.Unpriced,
            }),
        ];
    }

    /// <summary>What was sent with each key.</summary>
    public async Task<IReadOnlyList<UsageOfKey>> KeysAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var (start, end) = (RollupKey.Floor(from, TimeSpan.TicksPerHour), to.ToUniversalTime());
        var keys = await db.UsageRollups.AsNoTracking().Where(r => r.Hour >= start && r.Hour < end).GroupBy(r => r.KeyId)
            .Select(g => new { Key = g.Key, Requests = g.Sum(r => r.Requests), Refused = g.Sum(r => r.Refused), Last = g.Max(r => r.Hour) }).ToListAsync(cancellationToken);
        return [.. keys.Select(k => new UsageOfKey(k.Key, k.Requests, k.Refused, k.Last))];
    }

    /// <summary>Who uses each model, by feature and key, the busiest first, and the plan for the model: everything of it in one command.</summary>
    public async Task<IReadOnlyList<UseOfModel>> UsesAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var uses = await (
            from use in Between(db, @from, to).GroupBy(r => new { r.Model, r.Feature, r.KeyId }).Select(g => new
            {
                g.Key.Model,
                g.Key.Feature,
                g.Key.KeyId,
                Requests = g.Sum(r => r.Requests),
                Cost = g.Sum(r => (double)r.Cost),
                Unpriced = g.Sum(r => r.UnpricedRequests),
            })
            join k in db.ApiKeys.AsNoTracking() on use.KeyId equals k.Id into named
            from key in named.DefaultIfEmpty()
            join p in db.Plans.AsNoTracking() on use.Model equals p.Model into planned
            from plan in planned.DefaultIfEmpty()
            select new { use, Key = key == null ? null : key.Name, Plan = plan == null ? null : plan.Id }).ToListAsync(cancellationToken);
        return
        [
            .. uses.OrderByDescending(u => u.use.Requests).ThenBy(u => u.use.Model, StringComparer.Ordinal).ThenBy(u => u.use.Feature, StringComparer.Ordinal).ThenBy(u => u.use.KeyId, StringComparer.Ordinal)
                .Select(u => new UseOfModel(u.use.Model, u.use.Feature, u.Key ?? u.use.KeyId, u.use.Requests, Math.Round((decimal)u.use.Cost, 9), u.use.Unpriced, u.Plan)),
        ];
    }

    /// <summary>Rollups of hours that begin in the period; those of refused requests alone say nothing of a model's use and are left out.</summary>
    private static IQueryable<UsageRollup> Between(GateflowDb db, DateTimeOffset from, DateTimeOffset to)
    {
        var (start, end) = (RollupKey.Floor(from, TimeSpan.TicksPerHour), to.ToUniversalTime());
        return db.UsageRollups.AsNoTracking().Where(r => r.Hour >= start && r.Hour < end && r.Requests > 0);
    }

    /// <summary>
    /// Requests an hour of a model as they came in the time just past, from the log with its sampling made good and without those that a limit refused; 0 without any.
    /// </summary>
    /// <param name="scope">Counts the requests of its features and keys alone.</param>
    public async Task<double> PresentRequestsPerHourAsync(string model, MigrationScope scope, TimeSpan past, CancellationToken cancellationToken)
    {
        var from = clock.GetUtcNow() - past;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Requests.Where(r => r.At >= from && r.Model == model && r.Outcome != OutcomeKind.Refused).Within(scope).SumAsync(r => 1 / r.SamplingRate, cancellationToken) / past.TotalHours;
    }

    private static IQueryable<UsageRollup> Hours(GateflowDb db, string model, MigrationScope part, DateTimeOffset from, DateTimeOffset to) =>
        db.UsageRollups.AsNoTracking().Where(r => r.Model == model && r.Hour >= from && r.Hour < to && r.Requests > 0).Within(part);

    private static async Task<Dictionary<string, string>> NamesAsync(GateflowDb db, List<string> keys, CancellationToken cancellationToken) =>
        await db.ApiKeys.AsNoTracking().Where(k => keys.Contains(k.Id)).ToDictionaryAsync(k => k.Id, k => k.Name, StringComparer.Ordinal, cancellationToken);
}

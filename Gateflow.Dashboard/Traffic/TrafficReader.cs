using Gateflow.Core.Rollout;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Logs;
using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Migrations;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Traffic;

/// <summary>
/// Reads what goes through the gateway from its log, at most once in two seconds however many look: whoever comes between gets the same view. The
/// first reading takes five minutes of log (at 500 entries a second, 150,000 short rows), each later one the last minute.
/// </summary>
public sealed class TrafficReader(IDbContextFactory<GateflowDb> databases, LogReader logs, TimeProvider clock) : IDisposable
{
    /// <summary>Entries of <see cref="TrafficView.Latest"/>.</summary>
    public const int Newest = 15;

    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1.9);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Before = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly SortedDictionary<long, (double Requests, double Errors)> _steps = [];
    private TrafficView? _last;

    public async Task<TrafficView> ReadAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            var now = clock.GetUtcNow();
            if (_last is { } last && now - last.At < Fresh && now >= last.At)
            {
                return last;
            }

            var gap = _last is null || now - _last.At > Minute || now < _last.At;
            return _last = await ReadAsync(now, gap ? Before : Minute, cancellationToken);
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task<TrafficView> ReadAsync(DateTimeOffset now, TimeSpan back, CancellationToken cancellationToken)
    {
        var since = now - back;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var rows = await db.Requests.AsNoTracking().Where(r => r.At >= since)
            .Select(r => new Entry(r.At, r.Model, r.ServedModel, r.Provider, r.MigrationId, r.Outcome, r.DurationMs, r.InputTokens + r.OutputTokens, r.Cost, r.SamplingRate))
            .ToListAsync(cancellationToken);
        Count(rows, now, since);
        var minute = rows.Where(r => r.At >= now - Minute).ToList();
        var newest = await logs.ListAsync(LogFilter.Parse(new LogQuery(), now).Value!, Newest, null, cancellationToken);
        return new TrafficView
        {
            At = now,
            All = Figures(minute),
            Lines = [.. minute.GroupBy(r => (r.Model, r.ServedModel, r.Provider, r.MigrationId))
                .Select(g => new TrafficLine(g.Key.Model, g.Key.ServedModel, g.Key.Provider, g.Key.MigrationId, Figures([.. g])))
                .OrderByDescending(l => l.Figures.RequestsPerSecond).ThenBy(l => l.Model, StringComparer.Ordinal).ThenBy(l => l.ServedModel, StringComparer.Ordinal)],
            Points = [.. _steps.Select(s => new TrafficPoint(new DateTimeOffset(s.Key * Step.Ticks, TimeSpan.Zero), s.Value.Requests / Step.TotalSeconds, s.Value.Errors / Step.TotalSeconds))],
            Latest = newest.Value!.Data,
        };
    }

    /// <summary>Counts the steps that begin within what was read anew; the one that runs is left out until it is over.</summary>
    private void Count(List<Entry> rows, DateTimeOffset now, DateTimeOffset since)
    {
        var (first, running, oldest) = (((since.UtcTicks - 1) / Step.Ticks) + 1, now.UtcTicks / Step.Ticks, (now - Before).UtcTicks / Step.Ticks);
        for (var step = first; step < running; step++)
        {
            _steps[step] = default;
        }

        foreach (var row in rows)
        {
            var step = row.At.UtcTicks / Step.Ticks;
            if (step >= first && step < running)
            {
                var (requests, errors) = _steps[step];
                _steps[step] = (requests + row.Weight, errors + (row.Outcome.IsError() ? row.Weight : 0));
            }
        }

        foreach (var step in _steps.Keys.Where(s => s < oldest || s >= running).ToList())
        {
            _steps.Remove(step);
        }
    }

    private static TrafficFigures Figures(List<Entry> rows)
    {
        var (requests, errors, tokens, cost, priced) = (0.0, 0.0, 0.0, 0m, false);
        var answered = new List<(double Ms, double Weight)>();
        foreach (var row in rows)
        {
            requests += row.Weight;
            errors += row.Outcome.IsError() ? row.Weight : 0;
            tokens += row.Weight * row.Tokens;
            cost += (row.Cost ?? 0) * (decimal)row.Weight;
            priced |= row.Cost is not null;
            if (row.Outcome.IsAnswered())
            {
                answered.Add((row.DurationMs, row.Weight));
            }
        }

        answered.Sort();
        var seconds = Minute.TotalSeconds;
        return new TrafficFigures(
            requests / seconds, requests > 0 ? errors / requests : null, Percentile(answered, 0.5), Percentile(answered, 0.95), tokens / seconds,
            priced ? cost * (decimal)(TimeSpan.FromHours(1) / Minute) : null);
    }

    /// <summary>The weighted nearest-rank percentile of ascending values; null without one.</summary>
    private static double? Percentile(List<(double Ms, double Weight)> ascending, double share)
    {
        var left = ascending.Sum(a => a.Weight) * share;
        foreach (var (ms, weight) in ascending)
        {
            left -= weight;
            if (left <= 0)
            {
                return ms;
            }
        }

        return ascending.Count > 0 ? ascending[^1].Ms : null;
    }

    private sealed record Entry(
        DateTimeOffset At, string Model, string? ServedModel, string? Provider, string? MigrationId, OutcomeKind Outcome, double DurationMs, int Tokens, decimal? Cost, double Rate)
    {
        public double Weight => 1 / Rate;
    }
}

/// <summary>The route of the live traffic.</summary>
public static class TrafficEndpoint
{
    public static void MapTraffic(this IEndpointRouteBuilder api) => api.MapGet("/analytics/live", async (TrafficReader traffic, CancellationToken cancellationToken) =>
        MigrationEndpoints.Json(await traffic.ReadAsync(cancellationToken)));
}

using Gateflow.Core.Migrations;
using Gateflow.Core.Recommendations;
using Gateflow.Core.Replay;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Migrations;

/// <summary>What was seen here of models that could take over: their latency, and how earlier replays and migrations to them ended.</summary>
public sealed class CandidateEvidence(IDbContextFactory<GateflowDb> databases, TimeProvider clock)
{
    /// <summary>Fewest answers whose median says anything.</summary>
    private const int LeastAnswers = 20;

    private const int Days = 30;

    /// <summary>Median latency to the last byte over the last 30 whole days, ms, by the id as served.</summary>
    public async Task<IReadOnlyDictionary<string, double>> LatenciesAsync(IReadOnlyCollection<ServedModel> served, CancellationToken cancellationToken)
    {
        List<string> models = [.. served.Select(s => s.Model).Distinct(StringComparer.Ordinal)];
        var since = clock.GetUtcNow().AddDays(-Days);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var rows = db.UsageDays.AsNoTracking().Where(d => d.Day >= since && d.User == "" && models.Contains(d.ServedModel)).Select(d => new { d.ServedModel, d.LatencyHistogram });
        var histograms = new Dictionary<string, LatencyHistogram>(StringComparer.Ordinal);
        await foreach (var row in rows.AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            if (!histograms.TryGetValue(row.ServedModel, out var histogram))
            {
                histograms[row.ServedModel] = histogram = new LatencyHistogram();
            }

            histogram.MergePacked(row.LatencyHistogram);
        }

        return histograms.Where(h => h.Value.Count >= LeastAnswers).ToDictionary(h => h.Key, h => h.Value.Quantile(0.5)!.Value, StringComparer.Ordinal);
    }

    /// <summary>
    /// Quality of models in place of a source, 0–1, by their ids: the mean over its replays (proceed 1, review ½, do not proceed 0) and its migrations
    /// that were tried (completed 1, rolled back 0).
    /// </summary>
    public async Task<IReadOnlyDictionary<string, double>> QualityAsync(string source, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var replays = await db.ReplayTests.AsNoTracking().Where(t => t.SourceModel == source && t.Status == ReplayStatus.Completed && t.Recommendation != null)
            .Select(t => new { t.TargetModel, t.Recommendation }).ToListAsync(cancellationToken);
        var moves = await db.Migrations.AsNoTracking()
            .Where(m => m.SourceModel == source && m.TargetModel != null && (m.Status == MigrationStatus.Completed || m.Status == MigrationStatus.RolledBack))
            .Select(m => new { m.TargetModel, m.Status }).ToListAsync(cancellationToken);
        return replays.Select(r => (Target: r.TargetModel, Value: r.Recommendation switch { ReplayRecommendation.Proceed => 1, ReplayRecommendation.Review => 0.5, _ => 0.0 }))
            .Concat(moves.Select(m => (Target: m.TargetModel!, Value: m.Status == MigrationStatus.Completed ? 1.0 : 0)))
            .GroupBy(e => e.Target, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Average(e => e.Value), StringComparer.Ordinal);
    }
}

using System.Diagnostics;
using Gateflow.Benchmarks.MigrationsSim;
using Gateflow.Core.Catalog;
using Gateflow.Core.UsageImports;
using Gateflow.Core.Rollout;
using Gateflow.Core.Usage;

namespace Gateflow.Benchmarks.Usage;

/// <summary>What an analysis of 30 days of one model costs: 50 series (features × keys), rollups as the recorder writes them.</summary>
internal static class AnalysisCost
{
    private const string Model = "gpt-4";
    private const int Days = 30, Features = 10, Keys = 5, WarmUps = 5;
    private static readonly DateTimeOffset To = new(2026, 11, 28, 14, 20, 0, TimeSpan.Zero);

    public static async Task<AnalysisFigures> MeasureAsync(int requests, int users, int rounds, CancellationToken cancellationToken)
    {
        await using var database = await UsageBase.CreateAsync(cancellationToken);
        var latencies = await WriteAsync(database, requests, users, cancellationToken);
        var query = new UsageQuery(database.Databases, TimeProvider.System);
        var times = new List<(double Wall, double Cpu)>();
        UsageAnalysis? analysis = null;
        for (var round = -WarmUps; round < rounds; round++)
        {
            using var process = Process.GetCurrentProcess();
            var (cpu, began) = (process.TotalProcessorTime, Stopwatch.GetTimestamp());
            analysis = await query.AnalyzeAsync(Model, To.AddDays(-Days), To, cancellationToken);
            var wall = Stopwatch.GetElapsedTime(began);
            process.Refresh();
            if (round >= 0)
            {
                times.Add((wall.TotalMilliseconds, (process.TotalProcessorTime - cpu).TotalMilliseconds));
            }
        }

        Array.Sort(latencies);
        return new AnalysisFigures(
            analysis!.TotalRequests, Median(times.Select(t => t.Wall)), Median(times.Select(t => t.Cpu)), times.Min(t => t.Wall),
            new[] { (0.5, analysis.LatencyMs!.P50), (0.95, analysis.LatencyMs.P95), (0.99, analysis.LatencyMs.P99) }
                .Max(p => Math.Abs((p.Item2 / latencies[(int)Math.Ceiling(p.Item1 * latencies.Length) - 1]) - 1)));
    }

    private static double Median(IEnumerable<double> values) => values.Order().ToArray() is var sorted ? sorted[sorted.Length / 2] : 0;

    /// <summary>Writes the month an hour at a time, as many requests in each hour and series; returns their latencies.</summary>
    private static async Task<float[]> WriteAsync(UsageBase database, int requests, int users, CancellationToken cancellationToken)
    {
        var dice = new Dice(11);
        var each = requests / (Days * 24 * Features * Keys);
        var (latencies, count) = (new float[each * Days * 24 * Features * Keys], 0);
        var first = new DateTimeOffset(To.UtcTicks / TimeSpan.TicksPerHour * TimeSpan.TicksPerHour, TimeSpan.Zero).AddDays(-Days);
        var kept = new KeptRollups();
        for (var day = 0; day < Days; day++)
        {
            await using var db = await database.Databases.CreateDbContextAsync(cancellationToken);
            var byUser = new Dictionary<DayKey, RollupTally>();
            for (var hour = first.AddDays(day); hour < first.AddDays(day + 1); hour = hour.AddHours(1))
            {
                for (var series = 0; series < Features * Keys; series++)
                {
                    var tally = new RollupTally();
                    var key = new RollupKey(hour, Model, Model, $"feature-{series / Keys}", $"key_{series % Keys}");
                    for (var i = 0; i < each; i++)
                    {
                        var usage = Draw(dice, hour);
                        latencies[count++] = (float)usage.DurationMs;
                        tally.Add(usage);
                        if (users > 0)
                        {
                            var user = DayKey.OfUser(key, $"user-{(int)(dice.Uniform() * users)}");
                            (byUser.TryGetValue(user, out var sum) ? sum : byUser[user] = new RollupTally()).Add(usage);
                        }
                    }

                    await kept.AddAsync(db, "node", key, tally, demo: false, cancellationToken);
                }
            }

            foreach (var (user, tally) in byUser)
            {
                await kept.AddUserAsync(db, "node", user, tally, demo: false, cancellationToken);
            }

            await db.SaveChangesAsync(cancellationToken);
        }

        return latencies;
    }

    private static ImportedUsage Draw(Dice dice, DateTimeOffset hour) => new()
    {
        At = hour,
        Requests = 1,
        Cost = 0.01m,
        InputTokens = (long)(600 * Math.Exp(1.2 * dice.Normal())) + 1,
        OutputTokens = (long)(200 * Math.Exp(0.9 * dice.Normal())) + 1,
        Outcome = dice.Chance(0.01) ? OutcomeKind.SourceFailure : OutcomeKind.Success,
        DurationMs = 900 * Math.Exp(0.7 * dice.Normal()),
        Capabilities = Capabilities.Chat | Capabilities.SystemRole | (dice.Chance(0.3) ? Capabilities.FunctionCalling : 0),
    };
}

/// <param name="Requests">Requests analysed.</param>
/// <param name="Wall">Median time, ms.</param>
/// <param name="Cpu">Median processor time of the process, ms.</param>
/// <param name="Best">Shortest time, ms.</param>
/// <param name="WorstPercentile">Largest relative error of p50, p95 and p99 of the latency.</param>
internal sealed record AnalysisFigures(long Requests, double Wall, double Cpu, double Best, double WorstPercentile);

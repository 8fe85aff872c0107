using Gateflow.Core.Rollout;

namespace Gateflow.Benchmarks.MigrationsSim;

/// <summary>The rows about targets that must be found out.</summary>
internal static class Ill
{
    private const int Migrations = 1_000;

    /// <summary>Share of target requests that fail, and the median of target requests asked for from the start and from a late onset.</summary>
    private static readonly (double Errors, int Goal, int LateGoal)[] Rates = [(1, 5, 8), (0.3, 28, 56), (0.2, 60, 120), (0.1, 450, 900)];

    private static readonly long[] Onsets = [1_000, 4_800];

    private static readonly ScoreTable Worse = new(0.8 - 0.155, 0.25);

    public static IReadOnlyList<SimRow> Measure(Runs runs) => [.. Errors(runs), .. Beside(runs), .. Late(runs), .. Latency(runs), .. Quality(runs), .. Outages(runs)];

    private static IEnumerable<SimRow> Errors(Runs runs) =>
        Rates.Select(x => Found(
            runs, x.Errors == 1 ? "dead target" : $"target with {x.Errors:0 %} errors, limit 5 %", 50, new World { TargetErrors = x.Errors }, x.Goal, 5_000));

    private static IEnumerable<SimRow> Beside(Runs runs) =>
        Healthy.Together.Select(x => Found(
            runs, $"target with 8 % errors beside {x:0 %} that fail both, limit 5 %", 50, new World { TargetErrors = 0.08, Common = x }, 2_500, 10_000));

    private static IEnumerable<SimRow> Late(Runs runs) =>
        from onset in Onsets
        from x in Rates
        select Found(runs, $"{(x.Errors == 1 ? "dead" : $"{x.Errors:0 %} errors")} after {onset:N0} clean target requests", 50,
            new World { TargetErrors = x.Errors, Onset = onset }, x.LateGoal, 5_000);

    private static IEnumerable<SimRow> Latency(Runs runs)
    {
        var slow = new World { Slower = 3 };
        yield return Found(runs, "latency 3 times the source's, limit 2, at 10 %", 10, slow, 280, 5_000);
        yield return Found(runs, "latency 3 times the source's, limit 2, at 50 %", 50, slow, 720, 5_000);
        var held = runs.AtWeight("slow at 95", runs.Scaled(300), 95, slow, 3_000);
        var after = held.Select(r => r.HeldAfter ?? double.PositiveInfinity).ToList();
        var (back, share) = (held.Count(r => r.End == RunEnd.RolledBack), held.Count(r => r.HeldAfter is not null) / (double)held.Length);
        yield return new SimRow("latency 3 times the source's, at 95 %, against its history", "held, not rolled back",
            $"held in {share:0.0 %}, median after {Median(after):N0}; rolled back {back}", back == 0 && share >= 0.99);
    }

    private static IEnumerable<SimRow> Quality(Runs runs)
    {
        var worse = new World { Scores = Worse };
        yield return Found(runs, "mean quality 0.155 below, limit 0.1, at 10 %", 10, worse, 330, 10_000);
        yield return Found(runs, "mean quality 0.155 below, limit 0.1, at 50 %", 50, worse, 620, 10_000);
    }

    private static IEnumerable<SimRow> Outages(Runs runs)
    {
        foreach (var onset in new[] { 0L, 1_000 })
        {
            var results = runs.AtWeight($"outage {onset}", runs.Scaled(Migrations), 50, new World { Outage = 0.3, Onset = onset }, 3_000);
            var back = results.Count(r => r.End == RunEnd.RolledBack);
            var after = results.Select(r => r.HeldAfter ?? double.PositiveInfinity).ToList();
            yield return new SimRow(
                onset == 0 ? "both arms fail 30 % of requests from the start" : $"both arms fail 30 % after {onset:N0} clean target requests",
                "rolled back 0; held within 20 target requests",
                $"rolled back {back} of {results.Length:N0}; held after {Median(after):N0} (median), {At(after, 0.95):N0} (95 %)",
                back == 0 && Median(after) <= 20);
        }
    }

    /// <summary>A row about the median number of target requests until the rollback, the healthy stretch before the onset included in the check.</summary>
    private static SimRow Found(Runs runs, string what, double weight, World world, int goal, long most)
    {
        var results = runs.AtWeight(what, runs.Scaled(Migrations), weight, world, most);
        var early = results.Count(r => r.End == RunEnd.RolledBack && r.SinceOnset == 0);
        var found = results.Select(r => r.End == RunEnd.RolledBack && r.SinceOnset > 0 ? r.SinceOnset : double.PositiveInfinity).ToList();
        var unseen = results.Count(r => r.End != RunEnd.RolledBack);
        var false0 = (double)early / results.Length;
        return new SimRow(what, $"median ≤ {goal:N0} target requests",
            $"median {Median(found):N0}, 95 % {At(found, 0.95):N0}{(unseen > 0 ? $"; not within {most:N0}: {unseen}" : "")}{(world.Onset > 0 ? $"; too early {early} of {results.Length:N0}" : "")}",
            Median(found) <= goal && false0 <= 0.01);
    }

    private static double Median(List<double> values) => At(values, 0.5);

    private static double At(List<double> values, double q) => values.Order().ElementAt(Math.Min(values.Count - 1, (int)(q * values.Count)));
}

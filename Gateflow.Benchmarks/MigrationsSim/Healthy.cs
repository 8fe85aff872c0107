namespace Gateflow.Benchmarks.MigrationsSim;

/// <summary>The rows about migrations that must not be rolled back.</summary>
internal static class Healthy
{
    private const int Migrations = 2_000, Naive = 200;
    private const double Bound = 0.01;

    /// <summary>Shares of requests that fail both.</summary>
    public static readonly double[] Together = [0.01, 0.02];

    private static readonly World Fair = new() { Weather = true, Repeats = 0.75 };

    /// <summary>Where the bound is tightest: each guardrail has a third of α.</summary>
    private static readonly IReadOnlyList<(string Name, World World)> AtTheLimit =
    [
        ("5 % errors", new World { TargetErrors = 0.05 }),
        ("twice the latency", new World { Slower = 2 }),
        ("quality 0.1 below", new World { Scores = new ScoreTable(0.7, 0.25) }),
    ];

    /// <summary>Healthy migrations, and the naive rules on the first of the same runs.</summary>
    public static (IReadOnlyList<SimRow> Rows, MarkdownTable Contrast) Measure(Runs runs)
    {
        var (rows, naive) = (new List<SimRow>(), runs.Scaled(Naive));
        var contrast = new MarkdownTable(["requests/hour", "migrations", "Gateflow", .. NaiveRules.Names]);
        foreach (var rate in new[] { 60, 600, 6_000 })
        {
            var results = runs.Canaries($"healthy {rate}", runs.Scaled(Migrations), rate, Fair, naive);
            rows.Add(Row($"healthy migration, {rate:N0} requests/hour", results));
            var seen = results.Take(naive).ToList();
            contrast.Add([$"{rate:N0}", $"{naive:N0}", Share(seen, r => r.End == RunEnd.RolledBack), .. NaiveRules.Names.Select((_, i) => Share(seen, r => r.Naive![i]))]);
        }

        foreach (var (name, hours) in new[] { ("at once", 0.0), ("within half an hour", 0.5) })
        {
            var world = Fair with { Drift = 2.5, DriftAt = 2.5, DriftHours = hours };
            rows.Add(Row($"both arms drift to 2.5 times their latency in mid-step, {name}", runs.Canaries($"drift {name}", runs.Scaled(Migrations), Runs.Rate, world)));
        }

        foreach (var common in Together)
        {
            rows.Add(Row($"both arms fail {common:0 %} of requests together, and 1 % each besides", runs.Canaries($"together {common}", runs.Scaled(Migrations), Runs.Rate, Fair with { Common = common })));
        }

        rows.AddRange(AtTheLimit.Select(x => Row($"target exactly at its limit: {x.Name}", runs.Canaries(x.Name, runs.Scaled(Migrations), Runs.Rate, x.World))));
        return (rows, contrast);
    }

    private static SimRow Row(string what, RunResult[] results)
    {
        var back = results.Count(r => r.End == RunEnd.RolledBack);
        var causes = results.Where(r => r.Guardrail is not null).GroupBy(r => r.Guardrail).Select(g => $"{Core.Rollout.RolloutNames.Wire(g.Key!.Value)} {g.Count()}");
        var share = (double)back / results.Length;
        return new SimRow(what, "rolled back ≤ 1 %",
            $"{back} of {results.Length:N0} = {share:0.00 %}{(back > 0 ? $" ({string.Join(", ", causes)})" : "")}; completed {results.Count(r => r.End == RunEnd.Completed):N0}, held for a person {results.Count(r => r.End == RunEnd.Held):N0}",
            share <= Bound);
    }

    private static string Share(List<RunResult> results, Func<RunResult, bool> which) => $"{(double)results.Count(which) / results.Count:0.0 %}";
}

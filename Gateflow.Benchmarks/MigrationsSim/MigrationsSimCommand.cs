using System.Diagnostics;
using System.Runtime.InteropServices;
using Gateflow.Benchmarks.MainJob;

namespace Gateflow.Benchmarks.MigrationsSim;

/// <summary>The command <c>migrations-sim</c>.</summary>
internal static class MigrationsSimCommand
{
    private const string Help = """
        migrations-sim: thousands of simulated migrations through the product's own judge and step decision.

          --trace FILE     arrivals and token counts to resample, CSV of TIMESTAMP,ContextTokens,GeneratedTokens (a fitted generator)
          --seed N         (1)
          --scale X        part of the runs, 0.005 to 10, for a quick look (1)
          --out FILE       writes the tables there, between <!-- evidence:begin --> and <!-- evidence:end -->

        Exit code 0: every goal is reached; 1: one is not; 2: wrong arguments. docs/evidence.md explains the figures.
        """;

    public static Command Create() => new()
    {
        Name = "migrations-sim",
        Summary = "simulated migrations: false rollbacks, and requests until an ill target is found out",
        Help = Help,
        Options = ["--trace", "--seed", "--scale", "--out"],
        RunAsync = RunAsync,
    };

    private static async Task<int> RunAsync(CommandLine line, CancellationToken cancellationToken)
    {
        var seed = line.Integer("--seed", 1, 0, int.MaxValue);
        var arrivals = line.Has("--trace") ? Resampled(line.ExistingFile("--trace")) : Arrivals.Fitted((ulong)seed);
        var runs = new Runs(arrivals, seed, line.Number("--scale", 1, 0.005, 10), cancellationToken);
        var began = Stopwatch.GetTimestamp();
        List<SimRow> rows = [UpdateCost.Measure(), .. Splits.Measure(runs, seed), .. Say(Ill.Measure(runs), began)];
        var (healthy, contrast) = Healthy.Measure(runs);
        rows = [.. Say(healthy, began), .. rows.Skip(1), rows[0]];
        var report = Report(rows, contrast, arrivals, seed, Stopwatch.GetElapsedTime(began));
        Console.WriteLine(report);
        if (line.Text("--out") is { } path)
        {
            await MarkedSection.WriteAsync(path, "evidence", report, cancellationToken);
        }

        return rows.All(r => r.Met != false) ? 0 : 1;
    }

    private static Arrivals Resampled(string path)
    {
        var trace = ArrivalTrace.Read(path, null, null);
        return Arrivals.Of(trace.Offsets, trace.Generated);
    }

    private static IReadOnlyList<SimRow> Say(IReadOnlyList<SimRow> rows, long began)
    {
        Console.Error.WriteLine($"{Stopwatch.GetElapsedTime(began):mm\\:ss} {rows.Count} rows");
        return rows;
    }

    private static string Report(IReadOnlyList<SimRow> rows, MarkdownTable contrast, Arrivals arrivals, int seed, TimeSpan took)
    {
        var table = new MarkdownTable("what", "goal", "reached", "") { Words = true };
        foreach (var row in rows)
        {
            table.Add(row.What, row.Goal, row.Reached, row.Met switch { true => "reached", false => "**not reached**", _ => "" });
        }

        return $"""
            Arrivals and answer sizes are {arrivals.Name}; seed {seed}; {Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}, {took.TotalSeconds:0} s.

            {table}
            Healthy migrations rolled back, on the same runs, if windowed thresholds decided (error rate, p99 and mean quality against the same limits, every five minutes):

            {contrast}
            """;
    }
}

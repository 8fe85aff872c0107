using System.Globalization;
using System.Text;

namespace Gateflow.Benchmarks.Usage;

/// <summary>What analyses and imports of usage cost on SQLite.</summary>
internal static class UsageCommand
{
    private const int Rounds = 21, ImportRounds = 3;

    public static Command Create() => new()
    {
        Name = "usage",
        Summary = "time of a 30-day analysis from rollups, rate and memory of an import, on SQLite",
        Help = "usage [--requests 10000000] [--rows 1000000] [--out docs/usage.md]\n  --out puts the table between the marks usage:begin and usage:end.",
        Options = ["--requests", "--rows", "--out"],
        RunAsync = RunAsync,
    };

    private static async Task<int> RunAsync(CommandLine line, CancellationToken cancellationToken)
    {
        var (requests, rows) = (line.Integer("--requests", 10_000_000, 36_000, 100_000_000), line.Integer("--rows", 1_000_000, 1_000, 100_000_000));
        var table = new MarkdownTable("what", "goal", "measured", "good") { Words = true };
        var good = true;
        void Add(string what, string goal, string measured, bool isGood)
        {
            table.Add(what, goal, measured, isGood ? "yes" : "no");
            Console.WriteLine($"{what}: {measured}");
            good &= isGood;
        }

        var memory = 0.0;
        foreach (var format in new[] { "csv", "jsonl" })
        {
            var runs = new List<ImportFigures>();
            for (var round = 0; round < ImportRounds; round++)
            {
                runs.Add(await ImportCost.MeasureAsync(format, rows, sorted: true, cancellationToken));
            }

            var (rate, core) = (Median(runs.Select(r => r.Rate)), Median(runs.Select(r => r.PerCore)));
            memory = runs.Max(r => r.Megabytes);
            Add($"import of {Number(rows)} rows, {format}, in order of time", "≥ 50 000 rows/s on one core", $"{Number(rate)} rows/s, {Number(core)} a second of processor time", Math.Min(rate, core) >= 50_000);
        }

        var shuffled = await ImportCost.MeasureAsync("csv", rows, sorted: false, cancellationToken);
        Add($"import of {Number(rows)} rows, csv, in no order", "", $"{Number(shuffled.Rate)} rows/s", true);
        memory = Math.Max(memory, shuffled.Megabytes);
        Add("memory of the process that imports", "≤ 300 MB", $"{Number(memory)} MB", memory <= 300);
        foreach (var users in new[] { 0, 5_000 })
        {
            var analysis = await AnalysisCost.MeasureAsync(requests, users, Rounds, cancellationToken);
            var scene = $"analysis of 30 days, {Number(analysis.Requests)} requests, 50 series{(users > 0 ? $", {Number(users)} users" : "")}";
            Add(scene, users > 0 ? "" : "≤ 50 ms", $"median {analysis.Wall.ToString("0.0", CultureInfo.InvariantCulture)} ms ({analysis.Cpu.ToString("0", CultureInfo.InvariantCulture)} ms of processor time), best {analysis.Best.ToString("0.0", CultureInfo.InvariantCulture)} ms", users > 0 || analysis.Wall <= 50);
            if (users == 0)
            {
                Add("p50, p95, p99 of the latency against the exact ones", "within 1 %", $"at most {(analysis.WorstPercentile * 100).ToString("0.00", CultureInfo.InvariantCulture)} % off", analysis.WorstPercentile <= 0.01);
            }
        }

        var report = new StringBuilder().Append(table).ToString();
        Console.WriteLine(report);
        if (line.Text("--out") is { } document)
        {
            await MarkedSection.WriteAsync(document, "usage", report, cancellationToken);
        }

        return good ? 0 : 1;
    }

    private static double Median(IEnumerable<double> values) => values.Order().ToArray() is var sorted ? sorted[sorted.Length / 2] : 0;

    private static string Number(double value) => value.ToString("#,0", CultureInfo.InvariantCulture).Replace(',', ' ');
}

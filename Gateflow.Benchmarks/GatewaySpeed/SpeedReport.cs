using System.Runtime.InteropServices;
using System.Text;
using static System.FormattableString;

namespace Gateflow.Benchmarks.GatewaySpeed;

/// <summary>The figures as markdown.</summary>
internal static class SpeedReport
{
    public const string Floor = "floor";
    public const string Gateflow = "gateflow";
    public const string Silent = "gateflow, usage log off";
    public const string Canary = "gateflow, canary at 50 %";
    public const string Shadow = "gateflow, shadow at 100 %";

    /// <summary>The programs, in the order of the report.</summary>
    public static IReadOnlyList<string> Subjects { get; } = [Floor, Gateflow, Silent, Canary, Shadow];

    public static string Of(Figures figures, int rounds, TimeSpan time)
    {
        var text = new StringBuilder(Invariant(
            $"{RuntimeInformation.FrameworkDescription}, each program alone on one core; medians of {rounds} rounds of {time.TotalSeconds:F0} s, ratios and differences taken within each round.\n\n"));
        var goals = new MarkdownTable("what", "goal", "seen")
            .Add("requests/s against the floor, 64 connections", "≥ 0.75", Invariant($"{figures.Ratio(Gateflow, Floor, Figure.PerSecond):F2}"))
            .Add("CPU a request against the floor, saturated", "≤ 1.35", Invariant($"{figures.Ratio(Gateflow, Floor, Figure.Cpu):F2}"))
            .Add("p50 at 500/s, more than the floor, ms", "≤ 0.10", Invariant($"{figures.Difference(Gateflow, Floor, Figure.PacedP50):F2}"))
            .Add("stream: first byte p50, more than the floor, ms", "≤ 0.10", Invariant($"{figures.Difference(Gateflow, Floor, Figure.FirstByteP50):F2}"))
            .Add("stream: chunk hop p99 against the floor", "≤ 1.30", Invariant($"{figures.Ratio(Gateflow, Floor, Figure.HopP99):F2}"))
            .Add("memory of 1,000 open streams against the floor", "≤ 1.10", Invariant($"{figures.Ratio(Gateflow, Floor, Figure.StreamMemory):F2}"))
            .Add("requests/s, usage log on against off", "≥ 0.95", Invariant($"{figures.Ratio(Gateflow, Silent, Figure.PerSecond):F2}"))
            .Add("requests/s, canary at 50 % against no migration", "≥ 0.97", Invariant($"{figures.Ratio(Canary, Gateflow, Figure.PerSecond):F2}"))
            .Add("p99 at 500/s, shadow at 100 % more than no migration, ms", "≤ 0.50", Invariant($"{figures.Difference(Shadow, Gateflow, Figure.PacedP99):F2}"));
        text.Append(goals).Append('\n');
        var all = new MarkdownTable(["program", "requests/s", "CPU µs/request", "allocated KB/request", "p50 / p99 ms at 500/s", "CPU µs/request at 500/s", "first byte p50 ms", "chunk hop p50 / p99 ms", "MB per 1,000 streams"]);
        foreach (var name in figures.Subjects)
        {
            all.Add(
                name,
                One(figures.Median(name, Figure.PerSecond), "F0"),
                One(figures.Median(name, Figure.Cpu), "F1"),
                One(figures.Median(name, Figure.Allocated) / 1024, "F1"),
                Pair(figures.Median(name, Figure.PacedP50), figures.Median(name, Figure.PacedP99)),
                One(figures.Median(name, Figure.PacedCpu), "F0"),
                One(figures.Median(name, Figure.FirstByteP50), "F2"),
                Pair(figures.Median(name, Figure.HopP50), figures.Median(name, Figure.HopP99)),
                One(figures.Median(name, Figure.StreamMemory), "F1"));
        }

        return text.Append(all).ToString();
    }

    private static string Pair(double a, double b) => double.IsNaN(a) ? "" : Invariant($"{a:F2} / {b:F2}");

    private static string One(double value, string format) => double.IsNaN(value) ? "" : value.ToString(format, System.Globalization.CultureInfo.InvariantCulture);
}

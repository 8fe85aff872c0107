using Gateflow.Benchmarks.MainJob;
using static System.FormattableString;

namespace Gateflow.Benchmarks.Circuits;

/// <summary>What a run of <c>circuits</c> came to.</summary>
internal sealed record CircuitFigures
{
    public required int Viewers { get; init; }

    public required int Opens { get; init; }

    /// <summary>Percent of a core without viewers, with the traffic.</summary>
    public required double Idle { get; init; }

    /// <summary>Percent of a core with them.</summary>
    public required double Busy { get; init; }

    /// <summary>Batches that each viewer got in a second.</summary>
    public required double PerSecond { get; init; }

    /// <summary>The same while the gateway is saturated.</summary>
    public required double PerSecondSaturated { get; init; }

    public required double BatchBytes { get; init; }

    /// <summary>Bytes of the managed heap that a circuit adds.</summary>
    public required double HeapACircuit { get; init; }

    public required Quantiles Push { get; init; }

    /// <summary>Requests a second of the saturated gateway with viewers, of those without: the mean of a stretch before the viewers and one after them.</summary>
    public required double Kept { get; init; }

    public required double HeapBefore { get; init; }

    public required double HeapAfter { get; init; }

    public bool AreGood => Busy <= 35 && HeapACircuit <= 500 * 1024 && Push[0.95] <= 600 && Kept >= 0.85 && HeapAfter <= HeapBefore * 1.1;

    public string Report(DateTimeOffset at) => new MarkdownTable(Invariant($"{Viewers} viewers of one running canary"), "goal", "seen")
        .Add("CPU of the program, % of one core, with the traffic's own", "≤ 35", Invariant($"{Busy:F1}"))
        .Add("the same without viewers", "", Invariant($"{Idle:F1}"))
        .Add("batches of changes a second and viewer; while the gateway is saturated", "", Invariant($"{PerSecond:F2}; {PerSecondSaturated:F2}"))
        .Add("size of a batch, KB", "", Invariant($"{BatchBytes / 1024:F1}"))
        .Add("managed heap a circuit, KB", "≤ 500", Invariant($"{HeapACircuit / 1024:F0}"))
        .Add("push after a change is stored, p50 / p95 / longest, ms", "p95 ≤ 600", Invariant($"{Push[0.5]:F0} / {Push[0.95]:F0} / {Push[1]:F0}"))
        .Add("requests/s of the saturated gateway, with viewers against without", "≥ 0.85", Invariant($"{Kept:F2}"))
        .Add(Invariant($"managed heap before and after {Opens:N0} opens and closes, MB"), "+10 %", Invariant($"{HeapBefore / 1048576:F1} → {HeapAfter / 1048576:F1}"))
        .ToString() + Invariant($"\n.NET {Environment.Version}, {at:yyyy-MM-dd}, the program alone on one core, viewers and provider on the other.\n");
}

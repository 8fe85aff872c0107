using static System.FormattableString;

namespace Gateflow.Benchmarks.Nodes;

/// <summary>How much is broken.</summary>
internal sealed record FaultOptions(int Kills, int OutageSeconds, int Seed);

/// <summary>The command <c>nodes-faults</c>: what three nodes survive.</summary>
internal static class NodesFaultsCommand
{
    private const string Help = """
        nodes-faults: three processes of Gateflow on one PostgreSQL server under steady traffic; nodes are killed at random moments of canaries, the
        database is taken away, clocks are wrong by 5 s and jump by an hour.

          --kills N     kills of a node (50)
          --outage N    seconds without a database (60)
          --seed N      moments and victims (1)
          --out FILE    writes the markdown there, between <!-- nodes-faults:begin --> and <!-- nodes-faults:end --> if the file has these lines

        Exit code 0: everything held. PostgreSQL's server programs and a C compiler (for the wrong clocks) must be installed. Linux only.
        """;

    public static Command Create() => new()
    {
        Name = "nodes-faults",
        Summary = "what three nodes survive: kills, a lost database, wrong clocks",
        Help = Help,
        Options = ["--kills", "--outage", "--seed", "--out"],
        RunAsync = (line, cancellationToken) => RunAsync(
            new FaultOptions(line.Integer("--kills", 50, 1, 10_000), line.Integer("--outage", 60, 1, 3600), line.Integer("--seed", 1, 0, int.MaxValue)),
            line.Text("--out"), TimeProvider.System, cancellationToken),
    };

    private static async Task<int> RunAsync(FaultOptions options, string? path, TimeProvider clock, CancellationToken cancellationToken)
    {
        await using var fleet = await NodeFleet.StartAsync([0, 5, -5], clock, cancellationToken);
        var (table, faults) = await new FaultRun(fleet, options, clock).RunAsync(cancellationToken);
        var verdict = faults.Count == 0 ? "Everything held." : "**Not everything held:**\n" + string.Join('\n', faults.Select(f => $"- {f}"));
        var report = $"{table}\n{verdict}\n\n{Invariant($"Seed {options.Seed}, {clock.GetUtcNow():yyyy-MM-dd}")}.\n";
        Console.WriteLine(report);
        if (path is not null)
        {
            await MarkedSection.WriteAsync(path, "nodes-faults", report, cancellationToken);
        }

        return faults.Count == 0 ? 0 : 1;
    }
}

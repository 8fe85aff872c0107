using System.Text.Json.Nodes;
using Gateflow.Benchmarks.MainJob;
using static System.FormattableString;

namespace Gateflow.Benchmarks.Nodes;

/// <summary>The command <c>nodes</c>: how soon a rollback by one node is in force on all.</summary>
internal static class NodesCommand
{
    private static readonly TimeSpan Goal = TimeSpan.FromSeconds(1);

    private const string Help = """
        nodes: three processes of Gateflow on one PostgreSQL server, all of them under requests one after the other; a migration with all traffic on
        its target is rolled back by one of them, and the last request is noted that any node still sent to the target.

          --trials N   rollbacks (100)
          --out FILE   writes the markdown there, between <!-- nodes:begin --> and <!-- nodes:end --> if the file has these lines

        Exit code 0: in force within 1 s (99 %) on all, and with the next request on the node that was asked. PostgreSQL's server programs must be installed.
        """;

    public static Command Create() => new()
    {
        Name = "nodes",
        Summary = "how soon a rollback by one of three nodes is in force on all",
        Help = Help,
        Options = ["--trials", "--out"],
        RunAsync = (line, cancellationToken) => RunAsync(line.Integer("--trials", 100, 1, 10_000), line.Text("--out"), TimeProvider.System, cancellationToken),
    };

    private static async Task<int> RunAsync(int trials, string? path, TimeProvider clock, CancellationToken cancellationToken)
    {
        await using var fleet = await NodeFleet.StartAsync(null, clock, cancellationToken);
        List<TimeSpan> others = [], calls = [];
        var late = 0;
        for (var trial = 0; trial < trials; trial++)
        {
            var (call, after, stale) = await TrialAsync(fleet, trial % NodeFleet.Count, clock, cancellationToken);
            calls.Add(call);
            others.AddRange(after);
            late += stale;
        }

        var (called, spread) = (new Quantiles(calls), new Quantiles(others));
        var report = new MarkdownTable("rollback by one of three nodes", "goal", "measured")
            .Add("requests that the same node sent to the target after its answer", "0", Invariant($"{late} of {trials} trials"))
            .Add("answer to the call, p50 / p99", "", Invariant($"{called[0.5]:F0} / {called[0.99]:F0} ms"))
            .Add("last request sent to the target by either other node, after the call was made, p50", "", Invariant($"{spread[0.5]:F0} ms"))
            .Add("the same, p99", "≤ 1,000 ms", Invariant($"{spread[0.99]:F0} ms"))
            .Add("the same, longest", "", Invariant($"{spread[1]:F0} ms"))
            .ToString() + Invariant($"\n{trials} trials, {spread.Count} observations, {clock.GetUtcNow():yyyy-MM-dd}, {Environment.ProcessorCount} cores for the server, three nodes, provider and callers together.\n");
        Console.WriteLine(report);
        if (path is not null)
        {
            await MarkedSection.WriteAsync(path, "nodes", report, cancellationToken);
        }

        return late == 0 && spread[0.99] <= Goal.TotalMilliseconds ? 0 : 1;
    }

    private static async Task<(TimeSpan Call, IReadOnlyList<TimeSpan> Others, int Stale)> TrialAsync(
        NodeFleet fleet, int acting, TimeProvider clock, CancellationToken cancellationToken)
    {
        var api = fleet.Nodes[acting]!.Api;
        var id = (await api.CreateMigrationAsync(NodeFleet.Source, cancellationToken))["migration_id"]!.GetValue<string>();
        await api.ConfigureAsync(id, new JsonObject { ["target_model"] = NodeFleet.Target, ["strategy"] = "instant", ["soak_minutes"] = 60 }, cancellationToken);
        await api.ExecuteAsync(id, cancellationToken);
        foreach (var node in fleet.Nodes)
        {
            while (!(await node!.AskAsync(NodeFleet.Source, "waiting", cancellationToken)).OnTarget)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(5), clock, cancellationToken);
            }
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var last = new long[NodeFleet.Count];
        var callers = Enumerable.Range(0, NodeFleet.Count).Select(node => AskAsync(node)).ToList();
        await Task.Delay(TimeSpan.FromMilliseconds(100), clock, cancellationToken);
        var called = clock.GetTimestamp();
        await api.RollBackAsync(id, "The benchmark rolls back", cancellationToken);
        var answered = clock.GetTimestamp();
        await Task.WhenAll(callers);
        return (
            clock.GetElapsedTime(called, answered),
            [.. last.Where((_, node) => node != acting).Select(at => at <= called ? TimeSpan.Zero : clock.GetElapsedTime(called, at))],
            last[acting] > answered ? 1 : 0);

        async Task AskAsync(int node)
        {
            for (var onSource = 0; onSource < 20;)
            {
                var sent = clock.GetTimestamp();
                var answer = await fleet.Nodes[node]!.AskAsync(NodeFleet.Source, "caller", stop.Token);
                if (answer.Status != 200)
                {
                    throw new JobException($"A node answered {answer.Status}.\n{fleet.Tails}");
                }

                (last[node], onSource) = answer.OnTarget ? (sent, 0) : (last[node], onSource + 1);
            }
        }
    }
}

using static System.FormattableString;

namespace Gateflow.Benchmarks.Nodes;

/// <summary>The faults of the command <c>nodes-faults</c>, one after the other on the same fleet.</summary>
internal sealed class FaultRun(NodeFleet fleet, FaultOptions options, TimeProvider clock)
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan LongStep = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    private readonly List<string> _faults = [];
    private readonly MarkdownTable _table = new("fault", "what was to hold", "what was seen") { Words = true };
    private readonly Random _rng = new(options.Seed);

    public async Task<(string Table, IReadOnlyList<string> Faults)> RunAsync(CancellationToken cancellationToken)
    {
        await KillAsync(cancellationToken);
        await OutageAsync(cancellationToken);
        await JumpAsync(cancellationToken);
        return (_table.ToString(), _faults);
    }

    /// <summary>Kills nodes at random moments of canaries, until there were enough, and then lets the last canary complete.</summary>
    private async Task KillAsync(CancellationToken cancellationToken)
    {
        var callers = new Callers(fleet, options.Seed, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var calling = callers.RunAsync(stop.Token);
        var since = clock.GetTimestamp();
        double[] weights = [.. Enumerable.Range(0, 41).Select(i => 20 + (2.0 * i))];
        var (kills, canaries, longest, folded, answered) = (0, 0, TimeSpan.Zero, 0L, 0L);
        while (kills < options.Kills)
        {
            canaries++;
            var canary = await Canary.StartAsync(fleet, weights, Step, cancellationToken);
            while (kills < options.Kills && await canary.StatusAsync(cancellationToken) != "completed")
            {
                var victims = Enumerable.Range(0, NodeFleet.Count).OrderBy(_ => _rng.Next()).Take(_rng.Next(3) == 0 ? 2 : 1).ToList();
                await Task.Delay(TimeSpan.FromSeconds(1.5 * _rng.NextDouble()), clock, cancellationToken);
                await Task.WhenAll(victims.Select(fleet.KillAsync));
                kills += victims.Count;
                await Task.Delay(TimeSpan.FromSeconds(_rng.NextDouble()), clock, cancellationToken);
                await Task.WhenAll(victims.Select(v => fleet.StartAsync(v, skewed: true, cancellationToken)));
                var agreed = await AgreeAsync(canary, cancellationToken);
                longest = agreed > longest ? agreed : longest;
                Say(Invariant($"{kills} kills, canary {canaries} has taken {(await canary.TakenAsync(cancellationToken)).Count} of {weights.Length} steps"));
            }

            await UntilAsync(async () => await canary.StatusAsync(cancellationToken) == "completed", "the canary did not complete", cancellationToken);
            _faults.AddRange(await canary.FaultsAsync(cancellationToken));
            folded += await fleet.NumberAsync($"""SELECT COALESCE(MAX("Sequence"), 0) FROM "Evidence" WHERE "MigrationId" = '{canary.Id}' AND "Node" = '*'""", cancellationToken);
            answered += callers.Of(canary.Id);
            await fleet.Nodes[0]!.Api.RollBackAsync(canary.Id, "The benchmark frees the source", cancellationToken);
        }

        await stop.CancelAsync();
        var perNode = callers.All / clock.GetElapsedTime(since).TotalSeconds / NodeFleet.Count;
        await calling;
        Check(callers.Failed == 0, Invariant($"{callers.Failed} requests to living nodes failed"));
        Check(longest <= TimeSpan.FromSeconds(1), Invariant($"weights agreed only after {longest.TotalMilliseconds:F0} ms"));
        Check(folded <= answered + callers.Cut, Invariant($"{folded} outcomes were folded of {answered} answered"));
        _table.Add(
            Invariant($"kill -9 of a node, {kills} times in {canaries} canaries of {weights.Length} steps"), "each step and event once; weights agree",
            Invariant($"every canary took its {weights.Length} steps in order, once; after each restart all nodes agreed on the weight within {longest.TotalMilliseconds:F0} ms; 0 requests to living nodes failed ({callers.All} answered, {callers.Cut} cut off in a kill and sent again)"));
        _table.Add(
            "the same: evidence", "nothing counted twice; at most a second lost a kill",
            Invariant($"{answered} answers belonged to arms of the canaries, {folded} outcomes were folded: {(double)Math.Max(0, answered - folded) / kills:F1} a kill were lost, where a node answered {perNode:F0} a second (the last second of each canary is among them)"));
    }

    /// <summary>Takes the database away in the middle of a canary.</summary>
    private async Task OutageAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(TimeSpan.FromSeconds(3), clock, cancellationToken); // what was answered before is stored
        const string Recorded = """SELECT COALESCE(SUM("Requests"), 0)::bigint FROM "UsageRollups" """;
        var before = await fleet.NumberAsync(Recorded, cancellationToken);
        var callers = new Callers(fleet, options.Seed + 100, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var calling = callers.RunAsync(stop.Token);
        var canary = await Canary.StartAsync(fleet, [20, 60, 100], LongStep, cancellationToken);
        await AgreeAsync(canary, cancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(2), clock, cancellationToken);
        await fleet.Database.StopAsync();
        Say("the database is away");
        var (since, answered, weights) = (clock.GetTimestamp(), callers.All, new HashSet<double?>());
        while (clock.GetElapsedTime(since).TotalSeconds < options.OutageSeconds)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), clock, cancellationToken);
            foreach (var node in fleet.Nodes)
            {
                weights.Add(await node!.WeightAsync(canary.Id, cancellationToken));
            }
        }

        answered = callers.All - answered;
        await fleet.Database.ContinueAsync();
        Say("the database is back");
        await UntilAsync(async () => await canary.StatusAsync(cancellationToken) == "completed", "the canary did not complete after the outage", cancellationToken);
        await stop.CancelAsync();
        await calling;
        var due = before + callers.All;
        await UntilAsync(async () => await fleet.NumberAsync(Recorded, cancellationToken) >= due, "records are missing after the outage", cancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(3), clock, cancellationToken);
        var recorded = await fleet.NumberAsync(Recorded, cancellationToken) - before;
        Check(recorded == callers.All, Invariant($"{recorded} requests are recorded of {callers.All}"));
        Check(callers.Failed == 0, Invariant($"{callers.Failed} requests failed while the database was away"));
        Check(weights.SetEquals([20]), $"weights during the outage: {string.Join(' ', weights)}");
        _faults.AddRange(await canary.FaultsAsync(cancellationToken));
        await fleet.Nodes[0]!.Api.RollBackAsync(canary.Id, "The benchmark frees the source", cancellationToken);
        _table.Add(
            Invariant($"database away for {options.OutageSeconds} s in a step of {LongStep.TotalSeconds:F0} s"), "the gateway serves on, no weight is raised, records arrive",
            Invariant($"{answered} requests answered meanwhile, {callers.Failed} failed; every node stayed at 20 %; {recorded} of {callers.All} requests recorded afterwards, none twice; the canary went on and completed"));
    }

    /// <summary>Sets clocks an hour forward and back in the middle of a step.</summary>
    private async Task JumpAsync(CancellationToken cancellationToken)
    {
        var callers = new Callers(fleet, options.Seed + 200, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var calling = callers.RunAsync(stop.Token);
        var canary = await Canary.StartAsync(fleet, [20, 60, 100], LongStep, cancellationToken);
        var (began, taken, shortest) = (clock.GetTimestamp(), 1, TimeSpan.MaxValue);
        foreach (var (node, seconds) in new[] { 3600L, -3600L, 7L }.Index())
        {
            fleet.Clock.Set(node, seconds);
        }

        await UntilAsync(async () =>
        {
            var now = (await canary.TakenAsync(cancellationToken)).Count;
            if (now > taken)
            {
                var length = clock.GetElapsedTime(began);
                (began, taken, shortest) = (clock.GetTimestamp(), now, length < shortest ? length : shortest);
            }

            return await canary.StatusAsync(cancellationToken) == "completed";
        }, "the canary did not complete after the clocks jumped", cancellationToken);
        await stop.CancelAsync();
        await calling;
        Check(shortest >= LongStep - Tolerance, Invariant($"a step of {LongStep.TotalSeconds} s lasted {shortest.TotalSeconds:F1} s"));
        Check(callers.Failed == 0, Invariant($"{callers.Failed} requests failed while clocks jumped"));
        _faults.AddRange(await canary.FaultsAsync(cancellationToken));
        _table.Add(
            "clocks 5 s ahead and behind throughout, then an hour forward, an hour back and 7 s ahead within a step", "no step early, none twice",
            Invariant($"the shortest step of {LongStep.TotalSeconds:F0} s lasted {shortest.TotalSeconds:F1} s; {callers.All} requests answered, {callers.Failed} failed"));
    }

    /// <summary>Waits until all nodes route the weight that is stored; how long that took from the time on at which each has answered once: a process just started compiles its API first.</summary>
    private async Task<TimeSpan> AgreeAsync(Canary canary, CancellationToken cancellationToken)
    {
        await UntilAsync(async () => await Task.WhenAll(fleet.Nodes.Select(n => n!.WeightAsync(canary.Id, cancellationToken))) is not null, "a node does not answer", cancellationToken);
        var since = clock.GetTimestamp();
        await UntilAsync(async () =>
        {
            var weights = await Task.WhenAll(fleet.Nodes.Select(n => n!.WeightAsync(canary.Id, cancellationToken)));
            var stored = (await canary.TakenAsync(cancellationToken))[^1];
            return weights.All(w => w == stored) || (weights.Distinct().Count() == 1 && await canary.StatusAsync(cancellationToken) == "completed");
        }, "nodes do not agree on the weight", cancellationToken);
        return clock.GetElapsedTime(since);
    }

    private async Task UntilAsync(Func<Task<bool>> condition, string fault, CancellationToken cancellationToken)
    {
        var since = clock.GetTimestamp();
        while (!await TryAsync(condition))
        {
            if (clock.GetElapsedTime(since) > LongestWait)
            {
                throw new JobException($"{fault}\n{fleet.Tails}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), clock, cancellationToken);
        }
    }

    /// <summary>A database that has just come back may still refuse.</summary>
    private static async Task<bool> TryAsync(Func<Task<bool>> condition)
    {
        try
        {
            return await condition();
        }
        catch (Exception fault) when (fault is JobException or HttpRequestException or Npgsql.NpgsqlException)
        {
            return false;
        }
    }

    private void Check(bool holds, string fault)
    {
        if (!holds)
        {
            _faults.Add(fault);
        }
    }

    private void Say(string news) => Console.WriteLine($"{clock.GetLocalNow():HH:mm:ss} {news}");
}

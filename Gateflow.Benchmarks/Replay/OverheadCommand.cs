using Gateflow.Benchmarks.MainJob;
using static System.FormattableString;

namespace Gateflow.Benchmarks.Replay;

/// <summary>The command <c>replay-overhead</c>: what a replay adds to the time that the providers take.</summary>
internal static class OverheadCommand
{
    private const int Requests = 100;
    private const int Concurrency = 8;
    private const double Goal = 0.05;

    /// <summary>Latency of source and target, ms: those of the seed's example first, which the goal is for.</summary>
    private static readonly (double Source, double Target)[] Latencies = [(890, 456), (445, 228)];

    public static Command Create() => new()
    {
        Name = "replay-overhead",
        Summary = "what a replay of 100 requests adds to the time that its two providers take",
        Help = """
            replay-overhead --recordings FILE [--runs N] [--out docs/replay.md]

            Two stand-in providers and Gateflow, each a process of its own. 100 stored requests are replayed through both providers, 8 at a time, and the same
            requests are sent to both by a bare HTTP client; in turns, N times each (3). FILE holds one {"prompt": text, "answers": {model: text}} a line.
            --out puts the table between the marks replay-overhead:begin and replay-overhead:end. Exit code 0: at most 5 % added at the latencies of the
            contract's example (890 and 456 ms), in the median.
            """,
        Options = ["--recordings", "--runs", "--out"],
        RunAsync = (line, cancellationToken) => RunAsync(
            line.ExistingFile("--recordings"), line.Integer("--runs", 3, 1, 20), line.Text("--out"), TimeProvider.System, cancellationToken),
    };

    private static async Task<int> RunAsync(string path, int runs, string? document, TimeProvider clock, CancellationToken cancellationToken)
    {
        var recordings = Recordings.Read(path, [OverheadStage.Source, OverheadStage.Target]);
        var prompts = Enumerable.Range(0, Math.Min(Requests, recordings.Count)).Select(recordings.Prompt).ToList();
        await using var stage = new OverheadStage();
        await stage.OpenAsync(path, prompts, clock, cancellationToken);
        await stage.ReplayAsync(prompts.Count, Concurrency, clock, cancellationToken); // what is compiled at its first use is no part of a replay
        var table = new MarkdownTable("latency of source and target", "providers alone", "replay", "added", "added, of the time");
        List<double> shares = [];
        foreach (var (source, target) in Latencies)
        {
            await stage.SetAsync(path, source, target, cancellationToken);
            List<TimeSpan> alone = [], replays = [];
            for (var run = 0; run < runs; run++)
            {
                alone.Add(await stage.AloneAsync(prompts, Concurrency, clock, cancellationToken));
                replays.Add(await stage.ReplayAsync(prompts.Count, Concurrency, clock, cancellationToken));
            }

            var (bare, replay) = (new Quantiles(alone)[0.5], new Quantiles(replays)[0.5]);
            shares.Add((replay - bare) / bare);
            table.Add(Invariant($"{source} ms, {target} ms"), Invariant($"{bare / 1000:F2} s"), Invariant($"{replay / 1000:F2} s"), Invariant($"{replay - bare:F0} ms"), Invariant($"{shares[^1] * 100:F1} %"));
        }

        var report = table + Invariant($"\n{prompts.Count} requests, {Concurrency} at a time, medians of {runs} runs in turns, {clock.GetUtcNow():yyyy-MM-dd}, {Environment.ProcessorCount} cores for both providers, Gateflow and the client together.\n");
        Console.WriteLine(report);
        if (document is not null)
        {
            await MarkedSection.WriteAsync(document, "replay-overhead", report, cancellationToken);
        }

        return shares[0] <= Goal ? 0 : 1;
    }
}

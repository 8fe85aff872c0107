using System.Globalization;
using System.Text;
using Gateflow.Benchmarks.MainJob;
using Gateflow.Core.Replay;

namespace Gateflow.Benchmarks.Replay;

/// <summary>How well the lexical method tells answers to one prompt from answers to others, and what replays of recorded models advise.</summary>
internal static class SimilarityCommand
{
    private const int Sample = 100;

    public static Command Create() => new()
    {
        Name = "similarity",
        Summary = "ROC AUC of the lexical similarity on recorded answers, and what replays of them advise",
        Help = "similarity --recordings FILE [--out docs/replay.md]\n  FILE holds one {\"prompt\": text, \"answers\": {model: text}} a line. --out puts the tables between the marks similarity:begin and similarity:end.",
        Options = ["--recordings", "--models", "--out"],
        RunAsync = RunAsync,
    };

    private static async Task<int> RunAsync(CommandLine line, CancellationToken cancellationToken)
    {
        var path = line.ExistingFile("--recordings");
        var models = (line.Text("--models") ?? "gpt-4-0613,gpt-4o-2024-05-13,claude-2.1,claude-3-5-sonnet-20240620").Split(',');
        var recordings = Recordings.Read(path, models);
        var auc = new MarkdownTable("pair", $"AUC, {recordings.Count}", $"AUC, {Sample}", "same prompt, mean", "different prompts, mean", "different, 95th percentile", "same prompt below 0.10");
        var advice = new MarkdownTable("pair", "proceed", "review", "do_not_proceed");
        var worst = 1.0;
        foreach (var (first, second) in models.SelectMany((a, i) => models.Skip(i + 1).Select(b => (a, b))))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var all = Separation.Of(Texts(recordings, first), Texts(recordings, second));
            var parts = Groups(recordings.Count).Select(g => Separation.Of(Texts(recordings, first, g), Texts(recordings, second, g)).Auc).Average();
            worst = Math.Min(worst, all.Auc);
            auc.Add($"{first}, {second}", Show(all.Auc, "0.0000"), Show(parts, "0.0000"), Show(all.Same, "0.00"), Show(all.Different, "0.00"), Show(all.DifferentHigh, "0.00"), Show(all.Unrelated * 100, "0.0") + " %");
        }

        foreach (var (source, target) in models.SelectMany(a => models.Where(b => b != a).Select(b => (a, b))))
        {
            advice.Add([$"{source} → {target}", .. await AdviseAsync(recordings, source, i => recordings.Answer(i, target)!, cancellationToken)]);
        }

        var kinds = new AdviceTable(recordings, models);
        var byKind = await kinds.MakeAsync(cancellationToken);
        var report = new StringBuilder().Append(auc).Append('\n').Append(CultureInfo.InvariantCulture, $"Replays of {Sample} of the prompts each:\n\n").Append(advice)
            .Append("\nThe same over all pairs of models, by what the target answers, with prompts drawn anew for each replay (60 a cell):\n\n").Append(byKind).ToString();
        Console.WriteLine(report);
        if (line.Text("--out") is { } document)
        {
            await MarkedSection.WriteAsync(document, "similarity", report, cancellationToken);
        }

        foreach (var missed in kinds.Missed)
        {
            Console.WriteLine($"Not as wanted: {missed}.");
        }

        return worst >= 0.985 && kinds.Missed.Count == 0 ? 0 : 1;
    }

    /// <summary>How often each recommendation comes out, over the groups.</summary>
    private static async Task<string[]> AdviseAsync(Recordings recordings, string source, Func<int, string> target, CancellationToken cancellationToken)
    {
        var counts = new int[3];
        foreach (var group in Groups(recordings.Count))
        {
            var pairs = group.Select(i => new AnswerPair(new ReplayAnswer { Text = recordings.Answer(i, source) }, new ReplayAnswer { Text = target(i) })).ToList();
            var result = await new ReplayComparison(new LexicalSimilarity()).CompareAsync(new ReplayInput { SourceModel = source, TargetModel = "target", Pairs = pairs }, cancellationToken);
            counts[(int)result.Results.Recommendation]++;
        }

        return [.. counts.Select(c => c.ToString(CultureInfo.InvariantCulture))];
    }

    private static IEnumerable<List<int>> Groups(int count) =>
        Enumerable.Range(0, count).Chunk(Sample).Where(g => g.Length == Sample).Select(g => g.ToList());

    private static List<string> Texts(Recordings recordings, string model, IReadOnlyList<int>? which = null) =>
        [.. (which ?? [.. Enumerable.Range(0, recordings.Count)]).Select(i => recordings.Answer(i, model)!)];

    private static string Show(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}

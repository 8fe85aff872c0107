using System.Globalization;
using Gateflow.Benchmarks.MainJob;
using Gateflow.Core.Replay;

namespace Gateflow.Benchmarks.Replay;

/// <summary>What replays of recorded answers advise, by the kind of target and by size; each of them with prompts drawn anew.</summary>
internal sealed class AdviceTable(Recordings recordings, IReadOnlyList<string> models)
{
    /// <summary>Replays of each ordered pair of models, kind and size.</summary>
    private const int Draws = 5;

    private const int Seed = 1;

    /// <summary>Share of the replays in which a target that is wanted should be advised.</summary>
    private const double Usually = 0.8;

    private static readonly int[] Sizes = [20, 50, 100];

    /// <summary>Kinds whose advice is not what is wanted of them.</summary>
    public List<string> Missed { get; } = [];

    public async Task<MarkdownTable> MakeAsync(CancellationToken cancellationToken)
    {
        var table = new MarkdownTable([.. Sizes.Select(size => $"{size} pairs: proceed / review / do_not_proceed").Prepend("target")]);
        foreach (var kind in AnswerKind.All)
        {
            List<string> cells = [kind.Name];
            foreach (var size in Sizes)
            {
                var counts = await CountAsync(kind, size, cancellationToken);
                cells.Add(string.Join(" / ", counts.Select(c => (100.0 * c / counts.Sum()).ToString("0", CultureInfo.InvariantCulture) + " %")));
                if (!IsAsWanted(kind.Wanted, counts, size))
                {
                    Missed.Add($"{kind.Name}, {size} pairs");
                }
            }

            table.Add([.. cells]);
        }

        return table;
    }

    /// <summary>
    /// A good one: proceed usually, and never do_not_proceed. A bad one: never proceed, and do_not_proceed always, of 50 pairs or more. One to be looked at: never proceed.
    /// </summary>
    private static bool IsAsWanted(ReplayRecommendation? wanted, int[] counts, int size)
    {
        double all = counts.Sum();
        return wanted switch
        {
            ReplayRecommendation.Proceed => counts[2] == 0 && (size < 50 || counts[0] >= Usually * all),
            ReplayRecommendation.DoNotProceed => counts[0] == 0 && (size < 50 || counts[2] == all),
            ReplayRecommendation.Review => counts[0] == 0,
            _ => true,
        };
    }

    private async Task<int[]> CountAsync(AnswerKind kind, int size, CancellationToken cancellationToken)
    {
        var counts = new int[3];
        foreach (var (source, target) in models.SelectMany(a => models.Where(b => b != a).Select(b => (a, b))))
        {
            for (var draw = 0; draw < Draws; draw++)
            {
                var random = new Random(Seed + draw);
                var which = Enumerable.Range(0, recordings.Count).ToArray();
                random.Shuffle(which);
                var group = which[..size];
                var answers = kind.Answers([.. group.Select(i => recordings.Answer(i, target)!)], random);
                var pairs = group.Zip(answers, (i, answer) => new AnswerPair(new ReplayAnswer { Text = recordings.Answer(i, source) }, answer)).ToList();
                var result = await new ReplayComparison(new LexicalSimilarity()).CompareAsync(
                    new ReplayInput { SourceModel = source, TargetModel = target, Pairs = pairs }, cancellationToken);
                counts[(int)result.Results.Recommendation]++;
            }
        }

        return counts;
    }
}

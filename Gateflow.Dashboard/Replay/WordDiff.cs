using System.Text.RegularExpressions;
using DiffPlex;

namespace Gateflow.Dashboard.Replay;

/// <summary>A stretch of one side's text.</summary>
/// <param name="Differs">True when the other side does not have it at this place.</param>
public sealed record DiffRun(string Text, bool Differs);

/// <summary>Two texts, each cut into what both have and what only one has: word by word, in order (Myers 1986, "An O(ND) difference algorithm").</summary>
public sealed partial record WordDiff(IReadOnlyList<DiffRun> Source, IReadOnlyList<DiffRun> Target)
{
    /// <summary>Pieces of a side (words, gaps and signs) up to which sides are compared: the time grows with their product.</summary>
    public const int MostPieces = 4000;

    /// <summary>Null when a side is too long to be compared.</summary>
    public static WordDiff? Of(string source, string target)
    {
        var (a, b) = (Pieces(source), Pieces(target));
        if (a.Length > MostPieces || b.Length > MostPieces)
        {
            return null;
        }

        var (onlySource, onlyTarget) = (new bool[a.Length], new bool[b.Length]);
        foreach (var block in new Differ().CreateCustomDiffs(source, target, false, Pieces).DiffBlocks)
        {
            Array.Fill(onlySource, true, block.DeleteStartA, block.DeleteCountA);
            Array.Fill(onlyTarget, true, block.InsertStartB, block.InsertCountB);
        }

        return new WordDiff(Runs(a, onlySource), Runs(b, onlyTarget));
    }

    private static string[] Pieces(string text) => [.. Piece().Matches(text).Select(m => m.Value)];

    /// <summary>A gap between two stretches that differ counts to them: it is read as one change.</summary>
    private static List<DiffRun> Runs(string[] pieces, bool[] differs)
    {
        List<DiffRun> runs = [];
        var from = 0;
        for (var i = 1; i <= pieces.Length; i++)
        {
            if (i < pieces.Length && At(i) == At(from))
            {
                continue;
            }

            runs.Add(new DiffRun(string.Concat(pieces[from..i]), At(from)));
            from = i;
        }

        return runs;

        bool At(int i) => differs[i] || (i > 0 && i < pieces.Length - 1 && differs[i - 1] && differs[i + 1] && string.IsNullOrWhiteSpace(pieces[i]));
    }

    [GeneratedRegex(@"[\p{L}\p{M}\p{N}_]+|\s+|[\uD800-\uDBFF][\uDC00-\uDFFF]|.", RegexOptions.Singleline | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Piece();
}

using Gateflow.Core.Replay;

namespace Gateflow.Core.Shadow;

/// <summary>What a pair of answers to one request shows.</summary>
/// <param name="Similarity">Lexical similarity of the texts in [0, 1]; null where a side said nothing in words.</param>
/// <param name="SameForm">Whether both answers have the same outer form, JSON included where it was demanded.</param>
/// <param name="Tools">How far they want the same tools called.</param>
public sealed record ShadowComparison(double? Similarity, bool SameForm, ToolCallMatch Tools)
{
    private const int MostCharacters = 20_000;

    /// <summary>Name of the way by which <see cref="Similarity"/> is told.</summary>
    public static string Method => LexicalSimilarity.Name;

    /// <summary>Compares two answers. Of very long ones the beginnings.</summary>
    public static ShadowComparison Of(ShadowAnswer source, ShadowAnswer target, bool jsonDemanded)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        var pair = new AnswerPair(Replayed(source), Replayed(target), jsonDemanded);
        double? similarity = source.Text.Length == 0 || target.Text.Length == 0
            ? null
            : LexicalSimilarity.Place([Beginning(source.Text), Beginning(target.Text)]).Between(0, 1);
        return new ShadowComparison(similarity, AnswerForms.Match(pair), ToolCallMatch.Of(source.Calls, target.Calls));
    }

    private static ReplayAnswer Replayed(ShadowAnswer answer) => new() { Text = answer.Text, CallsTools = answer.Calls.Count > 0 };

    private static string Beginning(string text) => text.Length <= MostCharacters ? text : text[..MostCharacters];
}

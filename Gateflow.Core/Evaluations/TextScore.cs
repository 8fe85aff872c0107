using System.Text.Json;
using System.Text.RegularExpressions;
using Gateflow.Core.Replay;

namespace Gateflow.Core.Evaluations;

/// <summary>
/// Scores one answer by its text alone: exact_match, contains, regex, json_valid, length. Null where an evaluator does not apply: without an expected
/// answer where it needs one, or for a tool call where it looks at a text.
/// </summary>
public sealed class TextScore
{
    public const int LongestPattern = 1_000;

    /// <summary>Characters of an answer that a pattern is tried on.</summary>
    private const int LongestText = 200_000;

    private static readonly TimeSpan MatchLimit = TimeSpan.FromSeconds(1);
    private static readonly JsonDocumentOptions Json = new() { MaxDepth = 128 };

    private readonly Evaluator _evaluator;
    private readonly Regex? _pattern;

    /// <param name="evaluator">Its settings are valid.</param>
    public TextScore(Evaluator evaluator)
    {
        ArgumentNullException.ThrowIfNull(evaluator);
        _evaluator = evaluator;
        _pattern = evaluator.Type == EvaluatorType.Regex ? Compile(evaluator.Pattern!, evaluator.IgnoreCase) : null;
    }

    /// <summary>Why a pattern cannot be used; null when it can.</summary>
    public static string? PatternFault(string pattern)
    {
        try
        {
            Compile(pattern, ignoreCase: false);
            return null;
        }
        catch (NotSupportedException)
        {
            return "pattern uses look-around, back-references or atomic groups, or is too large: only patterns that can be matched in linear time are taken.";
        }
        catch (ArgumentException)
        {
            return "pattern is not a regular expression.";
        }
    }

    public double? Of(ReplayAnswer answer, string? expected)
    {
        ArgumentNullException.ThrowIfNull(answer);
        var text = answer.Text ?? "";
        return _evaluator.Type switch
        {
            EvaluatorType.ExactMatch => expected is null ? null : Score(string.Equals(text.Trim(), expected.Trim(), Comparison)),
            EvaluatorType.Contains => (_evaluator.Value ?? expected) is { } wanted ? Score(text.Contains(wanted.Trim(), Comparison)) : null,
            EvaluatorType.Regex => Matches(text),
            EvaluatorType.JsonValid => answer.CallsTools ? null : Score(IsJson(text)),
            EvaluatorType.Length => answer.CallsTools ? null : Score(Length(text) is var length && length >= (_evaluator.Min ?? 0) && length <= (_evaluator.Max ?? int.MaxValue)),
            _ => null,
        };
    }

    private StringComparison Comparison => _evaluator.IgnoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    private static double Score(bool good) => good ? 1 : 0;

    private static Regex Compile(string pattern, bool ignoreCase) => new(
        pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | (ignoreCase ? RegexOptions.IgnoreCase : RegexOptions.None), MatchLimit);

    /// <summary>Null when the time limit is met: that says nothing of the answer.</summary>
    private double? Matches(string text)
    {
        try
        {
            return Score(_pattern!.IsMatch(text.Length > LongestText ? text[..LongestText] : text));
        }
        catch (RegexMatchTimeoutException)
        {
            return null;
        }
    }

    private int Length(string text) => _evaluator.Unit == LengthUnit.Words
        ? text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length
        : text.Length;

    private static bool IsJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, Json);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}

using System.Text.Json;
using System.Text.RegularExpressions;
using Json.Schema;
using Json.Schema.Keywords;

namespace Gateflow.Gateway.Quality;

/// <summary>A schema, or an answer under it, that would cost too much, or asks for something that is not done here. Its validity stays unknown.</summary>
internal sealed class SchemaRefusedException(string reason) : Exception(reason);

/// <summary><c>pattern</c> in time linear in the text's length: expressions that need backtracking are refused.</summary>
internal sealed partial class LinearPattern : PatternKeyword
{
    private const int MaxLength = 256;
    private const int MaxRepeats = 4096;

    public override object? ValidateKeywordValue(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String || value.GetString() is not { Length: <= MaxLength } pattern || Repeats(pattern) > MaxRepeats)
        {
            throw new SchemaRefusedException("The pattern is too large.");
        }

        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception fault) when (fault is NotSupportedException or ArgumentException)
        {
            throw new SchemaRefusedException("The pattern cannot be matched in linear time.");
        }
    }

    /// <summary>The product of all counts: what nested repetitions unfold to.</summary>
    private static double Repeats(string pattern)
    {
        var product = 1.0;
        foreach (Match count in Counts().Matches(pattern))
        {
            product *= Math.Max(1, double.Parse(count.ValueSpan, System.Globalization.CultureInfo.InvariantCulture));
        }

        return product;
    }

    [GeneratedRegex(@"(?<=\{(?:[0-9]*,)?)[0-9]+(?=\})", RegexOptions.CultureInvariant)]
    private static partial Regex Counts();
}

/// <summary><c>$ref</c> within a budget of depth and number: whatever recursion a schema unfolds goes through here.</summary>
internal sealed class CountedRef : RefKeyword
{
    private const int MostRefs = 20_000;
    private const int Deepest = 64;

    [ThreadStatic]
    private static int _refs;

    [ThreadStatic]
    private static int _depth;

    /// <summary>Starts the budget of one validation on this thread.</summary>
    public static void Begin() => (_refs, _depth) = (0, 0);

    public override KeywordEvaluation Evaluate(KeywordData keyword, EvaluationContext context)
    {
        if (++_refs > MostRefs || _depth >= Deepest)
        {
            throw new SchemaRefusedException("The schema unfolds too far.");
        }

        _depth++;
        try
        {
            return base.Evaluate(keyword, context);
        }
        finally
        {
            _depth--;
        }
    }
}

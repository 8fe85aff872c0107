using Gateflow.Core.Evaluations;
using Gateflow.Core.Replay;
using Gateflow.Dashboard.Parts;

namespace Gateflow.Dashboard.Evaluations;

/// <summary>Runs and scores in words.</summary>
internal static class EvaluationWords
{
    public static Look Of(EvaluationStatus status) => status switch
    {
        EvaluationStatus.Running => new("Running", "run", Tone.Accent),
        EvaluationStatus.Completed => new("Completed", "check", Tone.Healthy),
        EvaluationStatus.Cancelled => new("Cancelled", "ban", Tone.Neutral),
        _ => new("Failed", "cross", Tone.Breach),
    };

    /// <summary>What a difference says of the second model.</summary>
    public static Look Of(ScoreWord word) => word switch
    {
        ScoreWord.Better => new("Better", "check", Tone.Healthy),
        ScoreWord.Worse => new("Worse", "cross", Tone.Breach),
        _ => new("No clear difference", "dash", Tone.Unknown),
    };

    /// <summary>A share for what is right or wrong, else a plain number.</summary>
    public static string Score(double? score, EvaluatorType type) => IsShare(type) ? Display.Percent(score, 0) : Display.Number(score, 2);

    public static string Range(Interval? interval, EvaluatorType type) => interval is null ? "" : $"{Score(interval.Low, type)} … {Score(interval.High, type)}";

    public static string Difference(double difference, EvaluatorType type) =>
        IsShare(type) ? Display.Points(difference, 0) : (difference > 0 ? "+" : "") + Display.Number(difference, 2);

    public static string DifferenceRange(Interval interval, EvaluatorType type) => $"{Difference(interval.Low, type)} … {Difference(interval.High, type)}";

    /// <summary>What an evaluator asks, for the dialog.</summary>
    public static string Asks(EvaluatorType type) => type switch
    {
        EvaluatorType.ExactMatch => "Is it the expected answer, to the letter?",
        EvaluatorType.Contains => "Does it hold this text?",
        EvaluatorType.Regex => "Does this pattern match?",
        EvaluatorType.JsonValid => "Is all of it JSON?",
        EvaluatorType.JsonSchema => "Is it JSON under this schema?",
        EvaluatorType.Length => "Is it as long as it should be?",
        EvaluatorType.Similarity => "How alike is it, in words or in meaning?",
        _ => "Does a judge prefer it?",
    };

    public static string Name(EvaluatorType type) => Display.Words(Core.Wire.Name(type));

    private static bool IsShare(EvaluatorType type) => type is not (EvaluatorType.Similarity or EvaluatorType.Judge);
}

using System.Globalization;
using static Gateflow.Core.Replay.ReplayRecommendation;

namespace Gateflow.Core.Replay;

/// <summary>
/// What a replay advises, from stated rules: any rule of the first kind says do_not_proceed, any of the second review, else proceed. A
/// rule that compares shares needs an excess of at least <see cref="LeastExcess"/> requests, so that one bad answer is no verdict.
/// </summary>
internal static class ReplayVerdict
{
    /// <summary>Points by which the target may fail, or say nothing, more often than the source.</summary>
    public const double ErrorMargin = 0.05;

    public const int LeastExcess = 2;

    /// <summary>Share of pairs surely as different as answers to different prompts.</summary>
    public const double UnrelatedTooOften = 0.2;

    public const double UnrelatedOften = 0.08;

    /// <summary>Share of one and the same text among the target's answers that counts as a fixed answer, and by how much it must exceed the source's.</summary>
    public const double FixedShare = 0.5;

    public const double FixedExcess = 0.3;

    /// <summary>Part of the source's own fit above chance that the target must reach.</summary>
    public const double FitNeeded = 0.3;

    /// <summary>Fit of the source from which its answers tell prompts apart well enough to ask it of the target.</summary>
    public const double FitMeasurable = 0.6;

    /// <summary>Points by which the target may give the JSON demanded less often than the source.</summary>
    public const double JsonMargin = 0.05;

    public const int FewForPatterns = 5;

    /// <summary>Fewer pairs are no ground to proceed.</summary>
    public const int FewPairs = 20;

    public const double MissingMuch = 0.2;

    public const double LengthHalf = 0.5;

    public const double LengthDouble = 2;

    public const double LatencyMuch = 2;

    public const double CostMuch = 1.5;

    public static (ReplayRecommendation Recommendation, IReadOnlyList<string> Reasons) Of(ReplayFigures figures)
    {
        var against = Against(figures).ToList();
        var doubts = Doubts(figures).ToList();
        return against.Count > 0 ? (DoNotProceed, [.. against, .. doubts])
            : doubts.Count > 0 ? (Review, doubts)
            : (Proceed, [.. For(figures)]);
    }

    private static IEnumerable<string> Against(ReplayFigures f)
    {
        if (Exceeds(f.TargetErrors, f.TargetSent, f.SourceErrors, f.SourceSent, ErrorMargin))
        {
            yield return $"The target failed {Share(f.TargetErrors, f.TargetSent)}, the source {Share(f.SourceErrors, f.SourceSent)}: more than {Points(ErrorMargin)} above it.";
        }

        if (Exceeds(f.TargetEmpty, f.Tested, f.SourceEmpty, f.Tested, ErrorMargin))
        {
            yield return $"The target's answer was empty {Share(f.TargetEmpty, f.Tested)}, the source's {Share(f.SourceEmpty, f.Tested)}: more than {Points(ErrorMargin)} above it.";
        }

        if (f.Tested >= FewForPatterns && f.TargetSame >= FixedShare && f.TargetSame >= f.SourceSame + FixedExcess)
        {
            yield return $"{Percent(f.TargetSame)} of the target's answers are one and the same text; of the source's {Percent(f.SourceSame)}.";
        }

        if (f is { TargetFits: { } fits, SourceFits: { } own } && own >= FitMeasurable && fits < 0.5 + (FitNeeded * (own - 0.5)))
        {
            yield return $"The target's answers hardly depend on the prompt: only {Percent(fits)} are more like the source's answer to the same request than to another (chance is 50 %, the source reaches {Percent(own)}).";
        }

        var q = f.Quality;
        if (q.SemanticSimilarityInterval is { } similarity && similarity.High < f.Scale.Poor)
        {
            yield return $"Similarity {Number(q.SemanticSimilarity)} ({Range(similarity)}, {q.SimilarityMethod}) lies below {Number(f.Scale.Poor)}.";
        }

        if (q.UnrelatedInterval is { } unrelated && unrelated.Low > UnrelatedTooOften)
        {
            yield return $"{Percent(q.Unrelated)} ({Percent(unrelated.Low)} to {Percent(unrelated.High)}) of the pairs are as different as answers to different prompts; more than {Percent(UnrelatedTooOften)}.";
        }

        if (Exceeds(q.JsonDemanded - q.TargetJson, q.JsonDemanded, q.JsonDemanded - q.SourceJson, q.JsonDemanded, JsonMargin))
        {
            yield return $"JSON was demanded of {q.JsonDemanded} requests: the target gave it to {q.TargetJson}, the source to {q.SourceJson}.";
        }
    }

    private static IEnumerable<string> Doubts(ReplayFigures f)
    {
        if (f.Tested < FewPairs)
        {
            yield return f.Tested == 0 ? "No request was answered by both models: there is nothing to compare." : $"Only {f.Tested} pairs were tested; {FewPairs} are needed to proceed.";
        }

        if (f.Missing > MissingMuch * (f.Missing + f.Tested))
        {
            yield return $"{f.Missing} of {f.Missing + f.Tested} pairs are missing: more than {Percent(MissingMuch)}.";
        }

        var q = f.Quality;
        if (q.SemanticSimilarityInterval is { } similarity && similarity.Low < f.Scale.Good && similarity.High >= f.Scale.Poor)
        {
            yield return $"Similarity {Number(q.SemanticSimilarity)} ({Range(similarity)}, {q.SimilarityMethod}) is not surely above {Number(f.Scale.Good)}.";
        }

        if (q.Unrelated > UnrelatedOften && !(q.UnrelatedInterval!.Low > UnrelatedTooOften))
        {
            yield return $"{Percent(q.Unrelated)} of the pairs are as different as answers to different prompts.";
        }

        if (q.OutputLengthRatio is < LengthHalf or > LengthDouble)
        {
            yield return $"The target's answers have {Number(q.OutputLengthRatio)} times the length of the source's.";
        }

        if (f.LatencyRatio > LatencyMuch)
        {
            yield return $"The target takes {Number(f.LatencyRatio)} times as long as the source.";
        }

        if (f.CostRatio > CostMuch)
        {
            yield return $"The target costs {Number(f.CostRatio)} times as much as the source.";
        }
    }

    private static IEnumerable<string> For(ReplayFigures f)
    {
        var q = f.Quality;
        yield return $"{f.Tested} pairs were tested, {f.Missing} are missing.";
        yield return $"Similarity {Number(q.SemanticSimilarity)} ({Range(q.SemanticSimilarityInterval!)}, {q.SimilarityMethod}) lies above {Number(f.Scale.Good)}.";
        yield return $"The target failed {Share(f.TargetErrors, f.TargetSent)}, the source {Share(f.SourceErrors, f.SourceSent)}.";
    }

    private static bool Exceeds(int target, int ofTarget, int source, int ofSource, double margin) =>
        ofTarget > 0 && target >= LeastExcess
        && (double)target / ofTarget > (ofSource == 0 ? 0 : (double)source / ofSource) + margin
        && target - ((double)source * ofTarget / Math.Max(1, ofSource)) >= LeastExcess;

    private static string Share(int part, int of) => $"{part} of {of} times ({Percent(of == 0 ? 0 : (double)part / of)})";

    private static string Points(double margin) => string.Create(CultureInfo.InvariantCulture, $"{margin * 100:0.#} points");

    private static string Percent(double? share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.#} %");

    private static string Number(double? value) => string.Create(CultureInfo.InvariantCulture, $"{value:0.##}");

    private static string Range(Interval interval) => $"{Number(interval.Low)} to {Number(interval.High)}";
}

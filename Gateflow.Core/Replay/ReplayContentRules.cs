using static Gateflow.Core.Replay.ReplayLimits;
using static Gateflow.Core.Replay.ReplayRecommendation;
using static Gateflow.Core.Replay.ReplayWords;

namespace Gateflow.Core.Replay;

/// <summary>
/// The rules about what the answers hold: words, length, ends, form, tools. Below <see cref="FewPairs"/> the interval of a mean says less than it seems to,
/// and those that rest on one ask for a review.
/// </summary>
internal static class ReplayContentRules
{
    public static IEnumerable<ReplayRule> Of(ReplayFigures f) => [.. Similarity(f), .. Length(f), .. Truncated(f), .. Form(f.Quality), .. Tools(f)];

    private static IEnumerable<ReplayRule> Similarity(ReplayFigures f)
    {
        var q = f.Quality;
        if (q.SemanticSimilarityInterval is { } similarity && similarity.Low < f.Scale.Good)
        {
            var poor = f.Tested >= FewPairs && similarity.High < f.Scale.Poor;
            var floor = f.Floor is { Pairs: >= NoiseFloors.FewPairs, SemanticSimilarity: { } own } ? $"; the source reaches {Number(own)} with itself" : "";
            yield return poor
                ? new("similarity", DoNotProceed, $"Similarity {Number(q.SemanticSimilarity)} ({Range(similarity)}, {q.SimilarityMethod}) lies below {Number(f.Scale.Poor)}{floor}.")
                : new("similarity", Review, $"Similarity {Number(q.SemanticSimilarity)} ({Range(similarity)}, {q.SimilarityMethod}) is not surely above {Number(f.Scale.Good)}{floor}.");
        }

        var usual = f.Floor is { Pairs: >= NoiseFloors.FewPairs, Unrelated: { } noise } ? noise : 0;
        var beside = usual > 0 ? $" The source's own answers are so different in {Percent(usual)}." : "";
        if (f.Tested >= FewPairs && q.UnrelatedInterval is { } unrelated && unrelated.Low > UnrelatedTooOften + usual)
        {
            yield return new("unrelated", DoNotProceed,
                $"{Percent(q.Unrelated)} ({Percent(unrelated.Low)} to {Percent(unrelated.High)}) of the pairs are as different as answers to different prompts; more than {Percent(UnrelatedTooOften + usual)}.{beside}");
        }
        else if (q.Unrelated > UnrelatedOften + usual)
        {
            yield return new("unrelated", Review, $"{Percent(q.Unrelated)} of the pairs are as different as answers to different prompts.{beside}");
        }
    }

    private static IEnumerable<ReplayRule> Length(ReplayFigures f)
    {
        var q = f.Quality;
        if (f.Tested >= FewPairs && q.OutputLengthRatioInterval is { } interval && (interval.High < LengthFifth || interval.Low > LengthFivefold))
        {
            yield return new("length", DoNotProceed,
                $"The target's answers have {Number(q.OutputLengthRatio)} times ({Range(interval)}) the length of the source's: surely outside of {Number(LengthFifth)} to {Number(LengthFivefold)}.");
        }
        else if (q.OutputLengthRatio is < LengthHalf or > LengthDouble)
        {
            yield return new("length", Review, $"The target's answers have {Number(q.OutputLengthRatio)} times the length of the source's.");
        }
    }

    private static IEnumerable<ReplayRule> Truncated(ReplayFigures f)
    {
        var q = f.Quality;
        if (q.TruncatedExcessInterval is not { } excess || excess.Low <= TruncatedMargin)
        {
            yield break;
        }

        var words = $"The target's answers stop before they end {Share(f.TargetTruncated, f.Tested)}, the source's {Share(f.SourceTruncated, f.Tested)}";
        yield return f.Tested >= FewPairs && excess.Low > TruncatedMuch && q.OutputLengthRatioInterval is { High: < LengthHalf } length
            ? new("truncated", DoNotProceed, $"{words}: surely more than {Points(TruncatedMuch)} above it, and with surely less than half the length ({Range(length)} times).")
            : new("truncated", Review, $"{words}: surely more than {Points(TruncatedMargin)} above it.");
    }

    private static IEnumerable<ReplayRule> Form(QualityComparison q)
    {
        if (Exceeds(q.JsonDemanded - q.TargetJson, q.JsonDemanded, q.JsonDemanded - q.SourceJson, q.JsonDemanded, JsonMargin))
        {
            yield return new("json", DoNotProceed, $"JSON was demanded of {q.JsonDemanded} requests: the target gave it to {q.TargetJson}, the source to {q.SourceJson}.");
        }

        if (Exceeds(q.TargetSchemaChecked - q.TargetSchemaValid, q.TargetSchemaChecked, q.SourceSchemaChecked - q.SourceSchemaValid, q.SourceSchemaChecked, JsonMargin))
        {
            yield return new("schema", DoNotProceed,
                $"The target kept to the schema given in {q.TargetSchemaValid} of {q.TargetSchemaChecked} answers, the source in {q.SourceSchemaValid} of {q.SourceSchemaChecked}.");
        }
    }

    private static IEnumerable<ReplayRule> Tools(ReplayFigures f)
    {
        if (f.Quality.ToolCalls is not { } tools)
        {
            yield break;
        }

        // A source that chooses otherwise each time can ask no more of the target.
        var own = f.Floor?.ToolCalls is { Pairs: >= ReplayVerdict.FewForPatterns } floor ? (Names: floor.NameMatch, Arguments: floor.ArgumentSimilarity) : (Names: 1.0, Arguments: 1.0);
        var (namesPoor, namesGood) = (ToolNamesPoor * own.Names, ToolNamesGood * own.Names);
        if (tools.NameMatch < namesGood)
        {
            var poor = tools.Pairs >= ReplayVerdict.FewForPatterns && tools.NameMatchInterval.High < namesPoor;
            yield return new("tool_names", poor ? DoNotProceed : Review,
                $"In {Percent(tools.NameMatch)} of {tools.Pairs} pairs with tool calls both models call the same tools; {Percent(poor ? namesPoor : namesGood)} are asked for.");
        }

        if (tools.ArgumentSimilarity < ArgumentsGood * own.Arguments)
        {
            var poor = tools.Pairs >= ReplayVerdict.FewForPatterns && tools.ArgumentSimilarityInterval.High < ArgumentsPoor * own.Arguments;
            yield return new("tool_arguments", poor ? DoNotProceed : Review,
                $"Arguments of tool calls are alike by {Number(tools.ArgumentSimilarity)} ({Range(tools.ArgumentSimilarityInterval)}); {Number((poor ? ArgumentsPoor : ArgumentsGood) * own.Arguments)} is asked for.");
        }
    }
}

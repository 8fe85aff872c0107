using static Gateflow.Core.Replay.ReplayLimits;
using static Gateflow.Core.Replay.ReplayRecommendation;
using static Gateflow.Core.Replay.ReplayWords;

namespace Gateflow.Core.Replay;

/// <summary>
/// What a replay advises, from stated rules: any rule that says do_not_proceed decides, else any that says review, else proceed.
/// </summary>
internal static class ReplayVerdict
{
    public const int FewForPatterns = 5;

    /// <summary>Doubts that people settle by looking at the answers themselves.</summary>
    private static readonly string[] SettledByPeople = ["similarity", "unrelated", "length", "truncated"];

    /// <summary>The rules that speak, the gravest first; those that say proceed tell what stands for it.</summary>
    public static IReadOnlyList<ReplayRule> Of(ReplayFigures figures) =>
        [
            .. Answering(figures), .. ReplayContentRules.Of(figures), .. Doubts(figures), .. For(figures),
        ];

    /// <summary>The results with the recommendation that follows from their rules and people's ratings.</summary>
    public static ReplayResults Conclude(ReplayResults results)
    {
        var rules = results.Rules.Concat(People(results.Ratings)).ToList();
        if (results.Ratings is { Count: >= EnoughRatings } ratings && ratings.Worse <= ratings.Better)
        {
            rules.RemoveAll(rule => rule.Says == Review && SettledByPeople.Contains(rule.Name));
        }

        var says = rules.Select(rule => rule.Says).DefaultIfEmpty(Proceed).Max();
        return results with
        {
            Recommendation = says,
            Reasons = [.. rules.Where(rule => says == Proceed || rule.Says != Proceed).OrderByDescending(rule => rule.Says).Select(rule => rule.Reason)],
        };
    }

    private static IEnumerable<ReplayRule> Answering(ReplayFigures f)
    {
        if (Exceeds(f.TargetErrors, f.TargetSent, f.SourceErrors, f.SourceSent, ErrorMargin))
        {
            yield return new("target_errors", DoNotProceed,
                $"The target failed {Share(f.TargetErrors, f.TargetSent)}, the source {Share(f.SourceErrors, f.SourceSent)}: more than {Points(ErrorMargin)} above it.");
        }

        if (Exceeds(f.TargetEmpty, f.Tested, f.SourceEmpty, f.Tested, ErrorMargin))
        {
            yield return new("empty_answers", DoNotProceed,
                $"The target's answer was empty {Share(f.TargetEmpty, f.Tested)}, the source's {Share(f.SourceEmpty, f.Tested)}: more than {Points(ErrorMargin)} above it.");
        }

        if (f.Tested >= FewForPatterns && f.TargetSame >= FixedShare && f.TargetSame >= f.SourceSame + FixedExcess)
        {
            yield return new("fixed_answer", DoNotProceed, $"{Percent(f.TargetSame)} of the target's answers are one and the same text; of the source's {Percent(f.SourceSame)}.");
        }
        else if (f.Tested >= FewPairs && f.TargetSame >= AllFixed && f.SourceSame <= SourceVaries && (f.TargetSame - f.SourceSame) * f.Tested >= LeastExcess - 0.001)
        {
            yield return new("fixed_answer", DoNotProceed, $"The target gives one and the same answer to everything; of the source's answers {Percent(f.SourceSame)} are one text.");
        }

        if (f is { TargetFits: { } fits, SourceFits: { } own } && own >= FitMeasurable && fits < 0.5 + (FitNeeded * (own - 0.5)))
        {
            yield return new("prompt_ignored", DoNotProceed,
                $"The target's answers hardly depend on the prompt: only {Percent(fits)} are more like the source's answer to the same request than to another (chance is 50 %, the source reaches {Percent(own)}).");
        }

        if (Exceeds(f.TargetRefusals, f.Tested, f.SourceRefusals, f.Tested, RefusalMargin))
        {
            var much = Exceeds(f.TargetRefusals, f.Tested, f.SourceRefusals, f.Tested, RefusalMuch);
            yield return new("refusals", much ? DoNotProceed : Review,
                $"The target refused {Share(f.TargetRefusals, f.Tested)}, the source {Share(f.SourceRefusals, f.Tested)}: more than {Points(much ? RefusalMuch : RefusalMargin)} above it.");
        }
    }

    private static IEnumerable<ReplayRule> Doubts(ReplayFigures f)
    {
        if (f.Tested < FewPairs)
        {
            yield return new("few_pairs", Review,
                f.Tested == 0 ? "No request was answered by both models: there is nothing to compare." : $"Only {f.Tested} pairs were tested; {FewPairs} are needed to proceed.");
        }

        if (f.Missing > MissingMuch * (f.Missing + f.Tested))
        {
            yield return new("missing", Review, $"{f.Missing} of {f.Missing + f.Tested} pairs are missing: more than {Percent(MissingMuch)}.");
        }

        if (f.LatencyRatio > LatencyMuch)
        {
            yield return new("latency", Review, $"The target takes {Number(f.LatencyRatio)} times as long as the source.");
        }

        if (f.CostRatio > CostMuch)
        {
            yield return new("cost", Review, $"The target costs {Number(f.CostRatio)} times as much as the source.");
        }

        if (f.Judge is { } judge)
        {
            if (judge.Opinions.SurelyWorse)
            {
                yield return new("judge", judge.Losses - judge.Wins >= JudgeMuch * judge.Opinions.Count ? DoNotProceed : Review,
                    $"The judge {judge.Model} calls the target's answer worse {judge.Losses} times, better {judge.Wins} times, as good {judge.Ties} times.");
            }

            var asked = judge.Opinions.Count + judge.Invalid + judge.Failed;
            if (judge.Invalid + judge.Failed > JudgeInvalid * asked)
            {
                yield return new("judge_invalid", Review, $"The judge {judge.Model} gave no verdict on {judge.Invalid + judge.Failed} of {asked} pairs: its word counts little.");
            }
        }
    }

    private static IEnumerable<ReplayRule> For(ReplayFigures f)
    {
        var q = f.Quality;
        yield return new("tested", Proceed, $"{f.Tested} pairs were tested, {f.Missing} are missing.");
        if (q.SemanticSimilarityInterval is { } similarity && similarity.Low >= f.Scale.Good)
        {
            yield return new("similarity", Proceed, $"Similarity {Number(q.SemanticSimilarity)} ({Range(similarity)}, {q.SimilarityMethod}) lies above {Number(f.Scale.Good)}.");
        }

        yield return new("target_errors", Proceed, $"The target failed {Share(f.TargetErrors, f.TargetSent)}, the source {Share(f.SourceErrors, f.SourceSent)}.");
        if (f.Judge is { Opinions: { Count: > 0, SurelyWorse: false } } judge)
        {
            yield return new("judge", Proceed, $"The judge {judge.Model} calls the target's answer better {judge.Wins} times, as good {judge.Ties} times, worse {judge.Losses} times.");
        }
    }

    private static IEnumerable<ReplayRule> People(Opinions? ratings)
    {
        if (ratings is not { Count: > 0 })
        {
            yield break;
        }

        var words = $"People rated the target's answer better {ratings.Better} times, the same {ratings.Same} times, worse {ratings.Worse} times.";
        yield return new("ratings", ratings is { Count: >= FewRatings, SurelyWorse: true } ? DoNotProceed : ratings.Worse > ratings.Better ? Review : Proceed, words);
    }
}

using Gateflow.Core.Replay;
using Gateflow.Dashboard.Parts;

namespace Gateflow.Dashboard.Replay;

/// <summary>How tests and their findings are called on pages.</summary>
public static class ReplayLabels
{
    public static Look Of(ReplayRecommendation recommendation) => recommendation switch
    {
        ReplayRecommendation.Proceed => new("Proceed", "check", Tone.Healthy),
        ReplayRecommendation.Review => new("Review", "half", Tone.Watch),
        _ => new("Do not proceed", "cross", Tone.Breach),
    };

    /// <summary>What stands for a test in a list: its recommendation, else where it stands.</summary>
    public static Look Of(ReplayView test)
    {
        ArgumentNullException.ThrowIfNull(test);
        return test switch
        {
            { Status: ReplayStatus.Running } => new($"Running, {test.Done} of {test.Planned}", "run", Tone.Accent),
            { Status: ReplayStatus.Failed } => new("Failed", "alert", Tone.Breach),
            { Results: { } results } => Of(results.Recommendation),
            _ => new("Cancelled", "ban", Tone.Neutral),
        };
    }

    public static string Of(ReplayPairFilter filter) => filter switch
    {
        ReplayPairFilter.TargetFailed => "Target failed",
        ReplayPairFilter.SourceFailed => "Source failed",
        ReplayPairFilter.FormatLost => "Other form",
        ReplayPairFilter.ToolsDiffer => "Other tool calls",
        ReplayPairFilter.JudgedWorse => "Judged worse",
        ReplayPairFilter.Rated => "Rated",
        ReplayPairFilter.Unrated => "Not rated",
        _ => "All",
    };

    public static string Of(JudgeWord word) => word switch
    {
        JudgeWord.Win => "judge: target better",
        JudgeWord.Tie => "judge: as good",
        JudgeWord.Loss => "judge: target worse",
        JudgeWord.Invalid => "judge: no verdict",
        _ => "judge: did not answer",
    };

    /// <summary>"2 better, 0 the same, 1 worse".</summary>
    public static string Of(Opinions opinions)
    {
        ArgumentNullException.ThrowIfNull(opinions);
        return $"{Display.Number(opinions.Better)} better, {Display.Number(opinions.Same)} the same, {Display.Number(opinions.Worse)} worse";
    }

    /// <summary>How a test was set up, in few words each.</summary>
    public static IEnumerable<string> Setup(ReplayView test)
    {
        ArgumentNullException.ThrowIfNull(test);
        yield return test.Setup.Compare == ReplayCompare.Recorded ? "recorded answers of the source" : "both models asked";
        yield return test.Setup.EmbeddingModel is { } embedding ? $"embeddings of {embedding}" : "lexical similarity";
        if (test.Setup.NoiseFloor)
        {
            yield return "with noise floor";
        }

        if (test.Setup.JudgeModel is { } judge)
        {
            yield return $"judged by {judge}{(test.Setup.JudgeRubric is null ? "" : " with a rubric of your own")}";
        }

        yield return $"{test.Setup.Concurrency} at a time";
        yield return test.MaxCost is { } most ? $"at most {Display.Money(most)}" : "no cap";
        if (test.Results?.Cost is { } cost)
        {
            yield return $"cost {Display.Money(cost)}";
        }

        yield return $"started by {test.CreatedBy}";
    }
}

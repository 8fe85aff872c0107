namespace Gateflow.Core.Replay;

/// <summary>The constants of the rules by which a replay advises; docs/replay.md tells them in words.</summary>
internal static class ReplayLimits
{
    /// <summary>Points by which the target may fail, or say nothing, more often than the source.</summary>
    public const double ErrorMargin = 0.05;

    /// <summary>A rule that compares shares needs an excess of so many requests, so that one bad answer is no verdict.</summary>
    public const int LeastExcess = 2;

    /// <summary>Share of pairs surely as different as answers to different prompts.</summary>
    public const double UnrelatedTooOften = 0.2;

    public const double UnrelatedOften = 0.08;

    /// <summary>Share of one and the same text among the target's answers that counts as a fixed answer, and by how much it must exceed the source's.</summary>
    public const double FixedShare = 0.5;

    public const double FixedExcess = 0.3;

    /// <summary>A share from which all answers are one text, and one up to which the source's are not.</summary>
    public const double AllFixed = 0.99;

    public const double SourceVaries = 0.95;

    /// <summary>Part of the source's own fit above chance that the target must reach.</summary>
    public const double FitNeeded = 0.3;

    /// <summary>Fit of the source from which its answers tell prompts apart well enough to ask it of the target.</summary>
    public const double FitMeasurable = 0.6;

    /// <summary>Points by which the target may give the JSON demanded, or keep to the schema, less often than the source.</summary>
    public const double JsonMargin = 0.05;

    /// <summary>Points by which it may refuse more often: review, and no more.</summary>
    public const double RefusalMargin = 0.05;

    public const double RefusalMuch = 0.2;

    /// <summary>Shares of the pairs with tool calls in which the same tools are called: surely below the first, below the second.</summary>
    public const double ToolNamesPoor = 0.7;

    public const double ToolNamesGood = 0.9;

    /// <summary>Mean similarity of the arguments: surely below the first, below the second.</summary>
    public const double ArgumentsPoor = 0.3;

    public const double ArgumentsGood = 0.6;

    /// <summary>Fewer pairs are no ground to proceed.</summary>
    public const int FewPairs = 20;

    public const double MissingMuch = 0.2;

    /// <summary>Factors of length between which answers may lie; surely outside of the wide ones they are no substitute.</summary>
    public const double LengthHalf = 0.5;

    public const double LengthDouble = 2;

    public const double LengthFifth = 0.2;

    public const double LengthFivefold = 5;

    /// <summary>
    /// Points by which more of its answers may stop before they end: surely above the first is reviewed; surely above the second with answers surely
    /// shorter than <see cref="LengthHalf"/> is no substitute.
    /// </summary>
    public const double TruncatedMargin = 0.05;

    public const double TruncatedMuch = 0.5;

    public const double LatencyMuch = 2;

    public const double CostMuch = 1.5;

    /// <summary>Excess of losses over wins, of all pairs judged, from which a judge's word stops a migration; it must be sure besides.</summary>
    public const double JudgeMuch = 0.3;

    /// <summary>Share of a judge's words that may be no verdict.</summary>
    public const double JudgeInvalid = 0.2;

    /// <summary>Ratings by people from which they may stop a migration, and from which they settle doubts about similarity.</summary>
    public const int FewRatings = 5;

    public const int EnoughRatings = 20;
}

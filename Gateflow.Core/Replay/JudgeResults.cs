namespace Gateflow.Core.Replay;

/// <summary>A judge's word on one pair.</summary>
public enum JudgeWord
{
    /// <summary>The target's answer is better.</summary>
    Win,
    Tie,
    Loss,

    /// <summary>The judge said something that is no verdict.</summary>
    Invalid,

    /// <summary>The judge did not answer.</summary>
    Failed,
}

/// <summary>What a judge model said of the pairs, from the target's side.</summary>
public sealed record JudgeResults
{
    public required string Model { get; init; }

    public int Wins { get; init; }

    public int Ties { get; init; }

    public int Losses { get; init; }

    /// <summary>Of the ties: pairs in which the judge preferred whatever stood at the same place in both orders.</summary>
    public int Inconsistent { get; init; }

    /// <summary>Pairs of which it said something that is no verdict.</summary>
    public int Invalid { get; init; }

    /// <summary>Pairs of which it said nothing because the call failed.</summary>
    public int Failed { get; init; }

    /// <summary>Pairs that were not shown to it, because the money was spent or the test was cancelled.</summary>
    public int NotAsked { get; init; }

    /// <summary>USD; null when its price is unknown or it counts no tokens.</summary>
    public decimal? Cost { get; init; }

    /// <summary>Whether the rubric was the one that Gateflow brings.</summary>
    public bool UsualRubric { get; init; }

    internal Opinions Opinions => new(Wins, Ties, Losses);
}

using Gateflow.Core.Replay;

namespace Gateflow.Core.Evaluations;

/// <summary>What a run found.</summary>
public sealed record EvaluationResults
{
    /// <summary>Items that every model answered.</summary>
    public required int Answered { get; init; }

    /// <summary>Items that were planned and are missing: not answered by every model, or never sent.</summary>
    public required int Missing { get; init; }

    /// <summary>Why they are missing, each reason with its count.</summary>
    public IReadOnlyList<string> MissingReasons { get; init; } = [];

    /// <summary>In the run's order.</summary>
    public required IReadOnlyList<EvaluationSide> Models { get; init; }

    /// <summary>In the run's order.</summary>
    public required IReadOnlyList<EvaluatorResults> Evaluators { get; init; }

    /// <summary>USD, judge and embeddings included, as far as prices are known; calls of which nobody told what they used count as foretold.</summary>
    public decimal Cost { get; init; }
}

/// <summary>One model's averages over what it answered.</summary>
public sealed record EvaluationSide
{
    public required string Model { get; init; }

    public required int Answered { get; init; }

    public required int Errors { get; init; }

    public double? AvgLatencyMs { get; init; }

    /// <summary>USD a request; null when the price is unknown.</summary>
    public decimal? AvgCost { get; init; }

    public double? AvgOutputTokens { get; init; }
}

/// <summary>What one evaluator found.</summary>
public sealed record EvaluatorResults
{
    public required string Label { get; init; }

    public required EvaluatorType Type { get; init; }

    /// <summary>In the run's order.</summary>
    public required IReadOnlyList<ModelScore> Models { get; init; }

    /// <summary>Null with one model, and when no item was scored for both.</summary>
    public ScoreDifference? Difference { get; init; }

    /// <summary>What else is to be known: the method of similarity, what the judge did not say; null for nothing.</summary>
    public string? Note { get; init; }
}

/// <summary>One model's scores by one evaluator.</summary>
public sealed record ModelScore
{
    /// <summary>Answers that were scored.</summary>
    public required int Scored { get; init; }

    /// <summary>Answers to which it does not apply: nothing was expected, or a tool was called.</summary>
    public required int NotApplicable { get; init; }

    /// <summary>0–1; null when nothing was scored.</summary>
    public double? Mean { get; init; }

    /// <summary>95 %: Wilson's for shares, else bootstrap.</summary>
    public Interval? Interval { get; init; }
}

/// <summary>Second model less first, over the items scored for both.</summary>
public sealed record ScoreDifference
{
    public required int Items { get; init; }

    public required double Mean { get; init; }

    /// <summary>95 %, paired: Newcombe's for shares, else bootstrap.</summary>
    public required Interval Interval { get; init; }

    /// <summary>What the interval says of the second model.</summary>
    public ScoreWord Word => Interval.Low > 0 ? ScoreWord.Better : Interval.High < 0 ? ScoreWord.Worse : ScoreWord.NotClear;
}

/// <summary>A difference in a word.</summary>
public enum ScoreWord
{
    /// <summary>Zero lies inside the interval.</summary>
    NotClear,
    Better,
    Worse,
}

namespace Gateflow.Core.Replay;

/// <summary>The numbers that the recommendation rests on.</summary>
internal sealed record ReplayFigures
{
    public required int Tested { get; init; }

    public required int Missing { get; init; }

    public required int SourceSent { get; init; }

    public required int SourceErrors { get; init; }

    public required int TargetSent { get; init; }

    public required int TargetErrors { get; init; }

    public required QualityComparison Quality { get; init; }

    /// <summary>Lowered by the noise floor.</summary>
    public required SimilarityScale Scale { get; init; }

    /// <summary>Answers that say nothing, of the pairs tested.</summary>
    public required int SourceEmpty { get; init; }

    public required int TargetEmpty { get; init; }

    /// <summary>Answers that refuse, of the pairs tested.</summary>
    public required int SourceRefusals { get; init; }

    public required int TargetRefusals { get; init; }

    /// <summary>Answers that stop before they end, of the pairs tested.</summary>
    public required int SourceTruncated { get; init; }

    public required int TargetTruncated { get; init; }

    /// <summary>Null when it was not measured.</summary>
    public required NoiseFloor? Floor { get; init; }

    /// <summary>Null without a judge.</summary>
    public required JudgeResults? Judge { get; init; }

    /// <summary>Share of the commonest answer among all answers of the side.</summary>
    public required double SourceSame { get; init; }

    public required double TargetSame { get; init; }

    /// <summary>
    /// How often an answer of the target is more like the source's answer to the same request than the source's answer to another (ties half): 1 when
    /// answers depend on the prompt, ½ when they do not. Null below <see cref="ReplayVerdict.FewForPatterns"/> pairs.
    /// </summary>
    public required double? TargetFits { get; init; }

    /// <summary>The same for the source's own answers: what a perfect target would reach.</summary>
    public required double? SourceFits { get; init; }

    /// <summary>Target over source, of the averages; null when one is unknown.</summary>
    public required double? LatencyRatio { get; init; }

    public required double? CostRatio { get; init; }

    public double SourceErrorRate => SourceSent == 0 ? 0 : (double)SourceErrors / SourceSent;

    public double TargetErrorRate => TargetSent == 0 ? 0 : (double)TargetErrors / TargetSent;
}

namespace Gateflow.Core.Replay;

/// <summary>What is compared.</summary>
public sealed record ReplayInput
{
    public required string SourceModel { get; init; }

    public required string TargetModel { get; init; }

    /// <summary>Every request that was sent, whether it was answered or not.</summary>
    public required IReadOnlyList<AnswerPair> Pairs { get; init; }

    /// <summary>Requests that were planned and not sent.</summary>
    public IReadOnlyList<NotRun> NotRun { get; init; } = [];

    /// <summary>What a judge said of them; null without one.</summary>
    public JudgeResults? Judge { get; init; }

    /// <summary>Of the intervals.</summary>
    public int Seed { get; init; } = 1;
}

/// <summary>What came out of a comparison: the whole, and each pair's scores in the order given (null where a side did not answer).</summary>
/// <param name="ToolMatches">Similarity of the calls' arguments; null where no side calls a tool.</param>
public sealed record ReplayComparisonResult(
    ReplayResults Results, IReadOnlyList<double?> Similarities, IReadOnlyList<bool?> FormatMatches, IReadOnlyList<double?> ToolMatches);

/// <summary>Compares the answers of two models to the same requests. Deterministic: the same pairs and seed give the same results.</summary>
public sealed class ReplayComparison(ISimilarity similarity)
{
    public async Task<ReplayComparisonResult> CompareAsync(ReplayInput input, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(input);
        var pairs = input.Pairs;
        var tested = pairs.Where(p => p.BothAnswered).ToList();
        var n = tested.Count;
        var again = Enumerable.Range(0, n).Where(i => tested[i].Again is { IsAnswer: true }).ToList();
        var space = await similarity.PlaceAsync(
            [.. tested.Select(p => p.Source.Text ?? ""), .. tested.Select(p => p.Target.Text ?? ""), .. again.Select(i => tested[i].Again!.Text ?? "")], n, cancellationToken);

        var scores = tested.Select((p, i) => PairScore.Of(p.Source, p.Target, p.JsonDemanded, space, i, n + i)).ToList();
        var noise = again.Select((own, i) => PairScore.Of(tested[own].Source, tested[own].Again!, tested[own].JsonDemanded, space, own, (2 * n) + i)).ToList();
        var (source, target) = (ReplaySides.Of(input.SourceModel, pairs, tested, p => p.Source), ReplaySides.Of(input.TargetModel, pairs, tested, p => p.Target));
        var quality = QualityFigures.Of(tested, scores, space, input.Seed);
        var floor = NoiseFloors.Of(pairs, again.ConvertAll(i => tested[i]), noise, space, input.Seed);
        var figures = new ReplayFigures
        {
            Tested = n,
            Missing = pairs.Count - n + input.NotRun.Sum(x => x.Requests),
            SourceSent = pairs.Count,
            SourceErrors = source.Errors,
            TargetSent = pairs.Count,
            TargetErrors = target.Errors,
            Quality = quality,
            Scale = NoiseFloors.Lower(space.Scale, floor),
            Floor = floor,
            SourceEmpty = tested.Count(p => AnswerForms.Of(p.Source) == AnswerForm.Empty),
            TargetEmpty = tested.Count(p => AnswerForms.Of(p.Target) == AnswerForm.Empty),
            SourceRefusals = source.Refusals,
            TargetRefusals = target.Refusals,
            SourceTruncated = source.Truncated,
            TargetTruncated = target.Truncated,
            SourceSame = Dependence.Same(tested.Select(p => p.Source)),
            TargetSame = Dependence.Same(tested.Select(p => p.Target)),
            SourceFits = n < ReplayVerdict.FewForPatterns ? null : Dependence.Fits(n, (i, j) => space.Between(i, j)),
            TargetFits = n < ReplayVerdict.FewForPatterns ? null : Dependence.Fits(n, (i, j) => space.Between(n + i, j)),
            LatencyRatio = source.AvgLatencyMs > 0 ? target.AvgLatencyMs / source.AvgLatencyMs : null,
            CostRatio = source.AvgCost > 0 ? (double?)(target.AvgCost / source.AvgCost) : null,
            Judge = input.Judge,
        };
        var results = new ReplayResults
        {
            RequestsTested = n,
            Missing = figures.Missing,
            MissingReasons = ReplaySides.Missing(pairs, input.NotRun),
            SourceModel = source,
            TargetModel = target,
            QualityComparison = quality,
            Differences = ReplayDifferences.Of(tested, input.Seed),
            NoiseFloor = floor,
            Judge = input.Judge,
            Rules = ReplayVerdict.Of(figures),
            Recommendation = ReplayRecommendation.Review,
            Reasons = [],
        };
        return new ReplayComparisonResult(
            ReplayVerdict.Conclude(results),
            Spread(pairs, scores.ConvertAll(s => (double?)Math.Round(s.Similarity, 4))),
            Spread(pairs, scores.ConvertAll(s => (bool?)s.SameForm)),
            Spread(pairs, scores.ConvertAll(s => s.Tools is { } t ? (double?)Math.Round(t.Arguments, 4) : null)));
    }

    /// <summary>The values of tested pairs at their places among all.</summary>
    private static List<T?> Spread<T>(IReadOnlyList<AnswerPair> pairs, List<T?> values)
        where T : struct
    {
        var next = 0;
        return [.. pairs.Select(p => p.BothAnswered ? values[next++] : null)];
    }
}

/// <summary>What two answers to one request have in common.</summary>
/// <param name="Similarity">Of the texts; of the calls' arguments where both sides call tools.</param>
/// <param name="Tools">Null where neither side calls a tool.</param>
internal sealed record PairScore(double Similarity, bool SameForm, ToolAgreement? Tools)
{
    public static PairScore Of(ReplayAnswer source, ReplayAnswer other, bool jsonDemanded, ITextSpace space, int first, int second)
    {
        var tools = ToolAgreement.Of(source.Calls, other.Calls);
        return new PairScore(
            tools is not null && source.Calls.Count > 0 && other.Calls.Count > 0 ? tools.Arguments : space.Between(first, second),
            AnswerForms.Match(new AnswerPair(source, other, jsonDemanded)),
            tools);
    }
}

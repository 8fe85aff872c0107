namespace Gateflow.Core.Replay;

/// <summary>What came out of a comparison: the whole, and each pair's scores in the order given (null where a side did not answer).</summary>
public sealed record ReplayComparisonResult(ReplayResults Results, IReadOnlyList<double?> Similarities, IReadOnlyList<bool?> FormatMatches);

/// <summary>Compares the answers of two models to the same requests. Pure: the same pairs and seed give the same results.</summary>
public sealed class ReplayComparison(ISimilarity similarity)
{
    /// <summary>Other requests to which each answer is compared when it is asked whether answers depend on the prompt.</summary>
    private const int Others = 10;

    /// <param name="pairs">Every request that was sent, whether it was answered or not.</param>
    /// <param name="notRun">Requests that were planned and not sent.</param>
    /// <param name="seed">Of the intervals.</param>
    public async Task<ReplayComparisonResult> CompareAsync(
        string sourceModel, string targetModel, IReadOnlyList<AnswerPair> pairs, IReadOnlyList<NotRun> notRun, int seed, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        ArgumentNullException.ThrowIfNull(notRun);
        var tested = pairs.Where(p => p.BothAnswered).ToList();
        var n = tested.Count;
        var space = await similarity.PlaceAsync([.. tested.Select(p => p.Source.Text ?? ""), .. tested.Select(p => p.Target.Text ?? "")], cancellationToken);
        var similarities = tested.Select((_, i) => space.Between(i, n + i)).ToList();
        var matches = tested.ConvertAll(AnswerForms.Match);
        var (source, target) = (Side(sourceModel, pairs, tested, p => p.Source), Side(targetModel, pairs, tested, p => p.Target));
        var quality = Quality(tested, similarities, matches, seed);
        var figures = new ReplayFigures
        {
            Tested = n,
            Missing = pairs.Count - n + notRun.Sum(x => x.Requests),
            SourceSent = pairs.Count,
            SourceErrors = source.Errors,
            TargetSent = pairs.Count,
            TargetErrors = target.Errors,
            Quality = quality,
            Scale = similarity.Scale,
            SourceEmpty = tested.Count(p => AnswerForms.Of(p.Source) == AnswerForm.Empty),
            TargetEmpty = tested.Count(p => AnswerForms.Of(p.Target) == AnswerForm.Empty),
            SourceSame = Same(tested.Select(p => p.Source)),
            TargetSame = Same(tested.Select(p => p.Target)),
            SourceFits = n < ReplayVerdict.FewForPatterns ? null : Fits(n, (i, j) => space.Between(i, j)),
            TargetFits = n < ReplayVerdict.FewForPatterns ? null : Fits(n, (i, j) => space.Between(n + i, j)),
            LatencyRatio = source.AvgLatencyMs > 0 ? target.AvgLatencyMs / source.AvgLatencyMs : null,
            CostRatio = source.AvgCost > 0 ? (double?)(target.AvgCost / source.AvgCost) : null,
        };
        var (recommendation, reasons) = ReplayVerdict.Of(figures);
        return new ReplayComparisonResult(
            new ReplayResults
            {
                RequestsTested = n,
                Missing = figures.Missing,
                MissingReasons = Reasons(pairs, notRun),
                SourceModel = source,
                TargetModel = target,
                QualityComparison = quality,
                Recommendation = recommendation,
                Reasons = reasons,
            },
            Spread(pairs, similarities.ConvertAll(s => (double?)Round(s))),
            Spread(pairs, matches.ConvertAll(m => (bool?)m)));
    }

    private QualityComparison Quality(List<AnswerPair> tested, List<double> similarities, List<bool> matches, int seed)
    {
        var json = tested.Where(p => p.JsonDemanded).ToList();
        var quality = new QualityComparison
        {
            SimilarityMethod = similarity.Method,
            JsonDemanded = json.Count,
            SourceJson = json.Count(p => AnswerForms.IsBareJson(p.Source)),
            TargetJson = json.Count(p => AnswerForms.IsBareJson(p.Target)),
        };
        if (tested.Count == 0)
        {
            return quality;
        }

        var bootstrap = new Bootstrap(tested.Count, new Random(seed));
        var unrelated = similarities.ConvertAll(s => s < similarity.Scale.Unrelated ? 1.0 : 0);
        var equal = matches.ConvertAll(m => m ? 1.0 : 0);
        var (sourceLength, targetLength) = (tested.ConvertAll(p => (double)Length(p.Source)), tested.ConvertAll(p => (double)Length(p.Target)));
        return quality with
        {
            SemanticSimilarity = Round(similarities.Average()),
            SemanticSimilarityInterval = Round(bootstrap.OfMean(similarities)),
            Unrelated = Round(unrelated.Average()),
            UnrelatedInterval = Round(bootstrap.OfMean(unrelated)),
            OutputLengthRatio = sourceLength.Sum() > 0 ? Round(targetLength.Sum() / sourceLength.Sum()) : null,
            OutputLengthRatioInterval = Round(bootstrap.OfRatio(targetLength, sourceLength)),
            FormatMatch = Round(equal.Average()),
            FormatMatchInterval = Round(bootstrap.OfMean(equal)),
        };
    }

    private static ReplaySide Side(string model, IReadOnlyList<AnswerPair> pairs, List<AnswerPair> tested, Func<AnswerPair, ReplayAnswer> side)
    {
        var answers = tested.ConvertAll(p => side(p));
        var costs = answers.Select(a => a.Cost).OfType<decimal>().ToList();
        var tokens = answers.Select(a => a.OutputTokens).OfType<int>().ToList();
        return new ReplaySide
        {
            Model = model,
            AvgLatencyMs = answers.Count > 0 ? Math.Round(answers.Average(a => a.LatencyMs), 1) : null,
            AvgCost = costs.Count > 0 ? Math.Round(costs.Average(), 9) : null,
            AvgOutputTokens = tokens.Count > 0 ? Math.Round(tokens.Average(), 1) : null,
            Errors = pairs.Count(p => !side(p).IsAnswer),
        };
    }

    private static List<string> Reasons(IReadOnlyList<AnswerPair> pairs, IReadOnlyList<NotRun> notRun) =>
        [.. pairs.Where(p => !p.BothAnswered)
            .Select(p => (p.Source.Error, p.Target.Error) switch
            {
                ({ } source, null) => $"source: {source}",
                (null, { } target) => $"target: {target}",
                ({ } source, { } target) => $"source: {source}, target: {target}",
                _ => "",
            })
            .GroupBy(reason => reason, StringComparer.Ordinal)
            .Select(group => (Requests: group.Count(), Reason: group.Key))
            .Concat(notRun.Where(x => x.Requests > 0).Select(x => (x.Requests, x.Reason)))
            .OrderByDescending(x => x.Requests).ThenBy(x => x.Reason, StringComparer.Ordinal)
            .Select(x => $"{x.Requests} × {x.Reason}")];

    /// <summary>Share of the commonest text that says something.</summary>
    private static double Same(IEnumerable<ReplayAnswer> answers)
    {
        var texts = answers.Select(a => a.Text?.Trim() ?? "").ToList();
        return texts.Count == 0 ? 0 : texts.Where(t => t.Length > 0).GroupBy(t => t, StringComparer.OrdinalIgnoreCase).Select(g => g.Count()).DefaultIfEmpty().Max() / (double)texts.Count;
    }

    /// <summary>How often own(i, i) exceeds own(i, j), over some j other than i; ties count half.</summary>
    private static double Fits(int n, Func<int, int, double> between)
    {
        var others = Math.Min(Others, n - 1);
        double wins = 0;
        for (var i = 0; i < n; i++)
        {
            var own = between(i, i);
            for (var k = 1; k <= others; k++)
            {
                var other = between(i, (i + (k * n / (others + 1))) % n);
                wins += own > other + 1e-9 ? 1 : own < other - 1e-9 ? 0 : 0.5;
            }
        }

        return wins / (n * others);
    }

    /// <summary>The values of tested pairs at their places among all.</summary>
    private static List<T?> Spread<T>(IReadOnlyList<AnswerPair> pairs, List<T?> values)
        where T : struct
    {
        var next = 0;
        return [.. pairs.Select(p => p.BothAnswered ? values[next++] : null)];
    }

    private static int Length(ReplayAnswer answer) => answer.Text?.Length ?? 0;

    private static double Round(double value) => Math.Round(value, 4);

    private static Interval? Round(Interval? interval) => interval is null ? null : new Interval(Round(interval.Low), Round(interval.High));
}

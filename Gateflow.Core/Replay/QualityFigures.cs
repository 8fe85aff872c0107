namespace Gateflow.Core.Replay;

/// <summary>Reckons what the answers have in common.</summary>
internal static class QualityFigures
{
    public static QualityComparison Of(List<AnswerPair> tested, List<PairScore> scores, ITextSpace space, int seed)
    {
        var json = tested.Where(p => p is { JsonDemanded: true, Source.CallsTools: false, Target.CallsTools: false }).ToList();
        var quality = new QualityComparison
        {
            SimilarityMethod = space.Method,
            SimilarityNote = space.Note,
            JsonDemanded = json.Count,
            SourceJson = json.Count(p => AnswerForms.IsBareJson(p.Source)),
            TargetJson = json.Count(p => AnswerForms.IsBareJson(p.Target)),
            SourceSchemaChecked = tested.Count(p => p.Source.SchemaValid is not null),
            SourceSchemaValid = tested.Count(p => p.Source.SchemaValid is true),
            TargetSchemaChecked = tested.Count(p => p.Target.SchemaValid is not null),
            TargetSchemaValid = tested.Count(p => p.Target.SchemaValid is true),
        };
        if (tested.Count == 0)
        {
            return quality;
        }

        var bootstrap = new Bootstrap(tested.Count, new Random(seed));
        var similarities = scores.ConvertAll(s => s.Similarity);
        var unrelated = similarities.ConvertAll(s => s < space.Scale.Unrelated ? 1.0 : 0);
        var equal = scores.ConvertAll(s => s.SameForm ? 1.0 : 0);
        var (sourceLength, targetLength) = (tested.ConvertAll(p => (double)Length(p.Source)), tested.ConvertAll(p => (double)Length(p.Target)));
        var truncated = tested.ConvertAll(p => (Truncations.Is(p.Target) ? 1.0 : 0) - (Truncations.Is(p.Source) ? 1 : 0));
        return quality with
        {
            SemanticSimilarity = Round(similarities.Average()),
            SemanticSimilarityInterval = Round(bootstrap.OfMean(similarities)),
            Unrelated = Round(unrelated.Average()),
            UnrelatedInterval = Round(bootstrap.OfMean(unrelated)),
            OutputLengthRatio = sourceLength.Sum() > 0 ? Round(targetLength.Sum() / sourceLength.Sum()) : null,
            OutputLengthRatioInterval = Round(bootstrap.OfRatio(targetLength, sourceLength)),
            TruncatedExcess = Round(truncated.Average()),
            TruncatedExcessInterval = Round(bootstrap.OfMean(truncated)),
            FormatMatch = Round(equal.Average()),
            FormatMatchInterval = Round(bootstrap.OfMean(equal)),
            ToolCalls = Tools([.. scores.Select(s => s.Tools).OfType<ToolAgreement>()], seed),
        };
    }

    public static double Round(double value) => Math.Round(value, 4);

    public static Interval? Round(Interval? interval) => interval is null ? null : new Interval(Round(interval.Low), Round(interval.High));

    private static ToolComparison? Tools(List<ToolAgreement> tools, int seed)
    {
        if (tools.Count == 0)
        {
            return null;
        }

        var bootstrap = new Bootstrap(tools.Count, new Random(seed));
        var (names, same, arguments) = (tools.ConvertAll(t => t.SameNames ? 1.0 : 0), tools.ConvertAll(t => t.Same ? 1.0 : 0), tools.ConvertAll(t => t.Arguments));
        return new ToolComparison
        {
            Pairs = tools.Count,
            NameMatch = Round(names.Average()),
            NameMatchInterval = Round(bootstrap.OfMean(names))!,
            ToolMatch = Round(same.Average()),
            ToolMatchInterval = Round(bootstrap.OfMean(same))!,
            ArgumentSimilarity = Round(arguments.Average()),
            ArgumentSimilarityInterval = Round(bootstrap.OfMean(arguments))!,
        };
    }

    private static int Length(ReplayAnswer answer) => answer.Text?.Length ?? 0;
}

namespace Gateflow.Core.Replay;

/// <summary>Each side's averages, and why pairs are missing.</summary>
internal static class ReplaySides
{
    public static ReplaySide Of(string model, IReadOnlyList<AnswerPair> pairs, List<AnswerPair> tested, Func<AnswerPair, ReplayAnswer> side)
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
            Refusals = answers.Count(Refusals.Is),
            Truncated = answers.Count(Truncations.Is),
        };
    }

    public static List<string> Missing(IReadOnlyList<AnswerPair> pairs, IReadOnlyList<NotRun> notRun) =>
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
}

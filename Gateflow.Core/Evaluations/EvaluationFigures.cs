using Gateflow.Core.Replay;

namespace Gateflow.Core.Evaluations;

/// <summary>Folds the answers of a run into its results.</summary>
public static class EvaluationFigures
{
    /// <param name="models">In the run's order.</param>
    /// <param name="evaluators">In the run's order.</param>
    /// <param name="items">Of each item that was run, one answer a model.</param>
    /// <param name="notRun">Items that were planned and not run, and why.</param>
    /// <param name="notes">One an evaluator; null for nothing.</param>
    /// <param name="seed">Of the bootstrap.</param>
    public static EvaluationResults Of(
        IReadOnlyList<string> models, IReadOnlyList<Evaluator> evaluators, IReadOnlyList<IReadOnlyList<EvaluationAnswer>> items, IReadOnlyList<NotRun> notRun,
        IReadOnlyList<string?> notes, int seed)
    {
        ArgumentNullException.ThrowIfNull(models);
        ArgumentNullException.ThrowIfNull(evaluators);
        var answered = items.Count(item => item.All(a => a.Error is null));
        return new EvaluationResults
        {
            Answered = answered,
            Missing = items.Count - answered + notRun.Sum(n => n.Requests),
            MissingReasons = Reasons(models, items, notRun),
            Models = [.. models.Select((model, i) => Side(model, [.. items.Select(item => item[i])]))],
            Evaluators = [.. evaluators.Select((evaluator, e) => Score(evaluator, e, models.Count, items, notes[e], seed))],
        };
    }

    /// <summary>The lowest mean among the models' scores, and second less first; null where nothing was scored.</summary>
    public static (double? Score, double? Gap) Sum(IReadOnlyList<EvaluationAnswer> answers)
    {
        ArgumentNullException.ThrowIfNull(answers);
        var means = answers.Select(a => a.Scores.OfType<double>().ToList() is { Count: > 0 } scores ? scores.Average() : (double?)null).ToList();
        return (means.Min(), means is [{ } first, { } second] ? second - first : null);
    }

    private static EvaluationSide Side(string model, List<EvaluationAnswer> answers)
    {
        var given = answers.FindAll(a => a.Error is null);
        var latencies = given.Select(a => a.LatencyMs).OfType<double>().ToList();
        var costs = given.Select(a => a.Cost).OfType<decimal>().ToList();
        var tokens = given.Select(a => a.OutputTokens).OfType<int>().ToList();
        return new EvaluationSide
        {
            Model = model,
            Answered = given.Count,
            Errors = answers.Count - given.Count,
            AvgLatencyMs = latencies.Count > 0 ? Math.Round(latencies.Average(), 1) : null,
            AvgCost = costs.Count > 0 ? Math.Round(costs.Average(), 9) : null,
            AvgOutputTokens = tokens.Count > 0 ? Math.Round(tokens.Average(), 1) : null,
        };
    }

    private static EvaluatorResults Score(
        Evaluator evaluator, int index, int models, IReadOnlyList<IReadOnlyList<EvaluationAnswer>> items, string? note, int seed)
    {
        double? At(IReadOnlyList<EvaluationAnswer> item, int model) => index < item[model].Scores.Count ? item[model].Scores[index] : null;

        var pairs = models < 2 ? [] : items.Select(item => (First: At(item, 0), Second: At(item, 1))).Where(p => p is { First: not null, Second: not null })
            .Select(p => (First: p.First!.Value, Second: p.Second!.Value)).ToList();
        return new EvaluatorResults
        {
            Label = evaluator.Label,
            Type = evaluator.Type,
            Models = [.. Enumerable.Range(0, models).Select(m => Of(
                [.. items.Select(item => At(item, m)).OfType<double>()], items.Count(item => item[m].Error is null), evaluator.IsBinary, seed))],
            Difference = pairs.Count == 0 ? null : Difference(pairs, evaluator.IsBinary, seed),
            Note = note,
        };
    }

    private static ModelScore Of(List<double> scores, int answered, bool binary, int seed) => new()
    {
        Scored = scores.Count,
        NotApplicable = answered - scores.Count,
        Mean = scores.Count == 0 ? null : Round(scores.Average()),
        Interval = scores.Count == 0 ? null : Round(binary ? Proportions.Of(scores.Count(s => s > 0.5), scores.Count) : new Bootstrap(scores.Count, new Random(seed)).OfMean(scores)),
    };

    private static ScoreDifference Difference(List<(double First, double Second)> pairs, bool binary, int seed)
    {
        var differences = pairs.ConvertAll(p => p.Second - p.First);
        return new ScoreDifference
        {
            Items = pairs.Count,
            Mean = Round(differences.Average()),
            Interval = Round(binary
                ? Proportions.OfDifference(
                    pairs.Count(p => p is { First: > 0.5, Second: > 0.5 }), pairs.Count(p => p is { First: > 0.5, Second: <= 0.5 }),
                    pairs.Count(p => p is { First: <= 0.5, Second: > 0.5 }), pairs.Count(p => p is { First: <= 0.5, Second: <= 0.5 }))
                : new Bootstrap(pairs.Count, new Random(seed)).OfMean(differences)),
        };
    }

    private static List<string> Reasons(IReadOnlyList<string> models, IReadOnlyList<IReadOnlyList<EvaluationAnswer>> items, IReadOnlyList<NotRun> notRun) =>
        [.. items.Select(item => string.Join(", ", item.Select((a, i) => a.Error is { } error ? $"{models[i]}: {error}" : null).OfType<string>()))
            .Where(reason => reason.Length > 0)
            .GroupBy(reason => reason, StringComparer.Ordinal)
            .Select(group => (Requests: group.Count(), Reason: group.Key))
            .Concat(notRun.Where(n => n.Requests > 0).Select(n => (n.Requests, n.Reason)))
            .OrderByDescending(x => x.Requests).ThenBy(x => x.Reason, StringComparer.Ordinal)
            .Select(x => $"{x.Requests} × {x.Reason}")];

    private static double Round(double value) => Math.Round(value, 4);

    private static Interval Round(Interval interval) => new(Round(interval.Low), Round(interval.High));
}

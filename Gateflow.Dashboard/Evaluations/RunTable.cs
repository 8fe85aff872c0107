using Gateflow.Core.Evaluations;
using Gateflow.Dashboard.Parts;

namespace Gateflow.Dashboard.Evaluations;

/// <summary>Runs of one dataset set beside each other: a row a run and model, a column an evaluator.</summary>
/// <param name="Labels">Every evaluator that any run has, those of the newest run first.</param>
/// <param name="Rows">Newest run first, its models in their order.</param>
public sealed record RunTable(IReadOnlyList<string> Labels, IReadOnlyList<RunRow> Rows)
{
    private const int MostLines = 6;

    private static readonly Tone[] Tones = [Tone.Series1, Tone.Series2, Tone.Series3, Tone.Series4, Tone.Series5, Tone.Series6];

    /// <param name="runs">Newest first.</param>
    public static RunTable Of(IReadOnlyList<EvaluationView> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        return new RunTable(
            [.. runs.SelectMany(r => r.Setup.Evaluators.Select(e => e.Label)).Distinct(StringComparer.Ordinal)],
            [.. runs.SelectMany(run => run.Models.Select((model, index) => new RunRow(run, index, model)))]);
    }

    /// <summary>Mean scores by one evaluator over time: a line a model, the most often run ones.</summary>
    public IReadOnlyList<ChartSeries> Lines(string label) =>
        [.. Rows.Where(r => r.Score(label)?.Mean is not null)
            .GroupBy(r => r.Model, StringComparer.Ordinal)
            .OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal)
            .Take(MostLines)
            .Select((g, i) => new ChartSeries
            {
                Name = g.Key,
                Tone = Tones[i],
                Points = [.. g.OrderBy(r => r.Run.CreatedAt).Select(r => new ChartPoint(r.Run.CreatedAt, r.Score(label)!.Mean))],
            })];
}

/// <summary>One model in one run.</summary>
/// <param name="Index">The model's place in the run.</param>
public sealed record RunRow(EvaluationView Run, int Index, string Model)
{
    public EvaluationSide? Side => Run.Results?.Models.ElementAtOrDefault(Index);

    /// <summary>Null when the run had no such evaluator, or has no results.</summary>
    public ModelScore? Score(string label) => Run.Results?.Evaluators.FirstOrDefault(e => e.Label == label)?.Models.ElementAtOrDefault(Index);

    /// <summary>Against the run's first model; null for that one itself.</summary>
    public ScoreDifference? Difference(string label) => Index == 0 ? null : Run.Results?.Evaluators.FirstOrDefault(e => e.Label == label)?.Difference;
}

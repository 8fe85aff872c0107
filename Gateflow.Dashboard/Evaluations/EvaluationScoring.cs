using Gateflow.Core.Evaluations;
using Gateflow.Core.Replay;
using Gateflow.Dashboard.Replay;
using Gateflow.Gateway.Replay;

namespace Gateflow.Dashboard.Evaluations;

/// <summary>Scores answers: by their text at once, by similarity and judge when all are there.</summary>
internal sealed class EvaluationScoring(EvaluationPlanner planner, DirectFormat formats, SimilarityFactory similarities, ReplayJudge judge)
{
    /// <summary>Ready to score, by evaluator; null for one that does not go by the text alone.</summary>
    public static IReadOnlyList<TextScore?> ByText(EvaluationPlan plan) =>
        [.. plan.Evaluators.Select(e => e.Type is EvaluatorType.JsonSchema or EvaluatorType.Similarity or EvaluatorType.Judge ? null : new TextScore(e))];

    /// <summary>An answer's scores so far; null where there is none.</summary>
    public double?[] Score(IReadOnlyList<TextScore?> byText, IReadOnlyList<Evaluator> evaluators, ReplayAnswer answer, string? expected) =>
        !answer.IsAnswer ? new double?[evaluators.Count]
        : [.. evaluators.Select((e, i) => e.Type == EvaluatorType.JsonSchema ? Schema(e, answer) : byText[i]?.Of(answer, expected))];

    /// <summary>Fills in the scores that need all answers; gives a note an evaluator. A cancelled run gets what can be had without asking anybody.</summary>
    public async Task<IReadOnlyList<string?>> CompleteAsync(EvaluationPlan plan, IReadOnlyList<RanItem> items, ReplayBudget budget, CancellationToken cancellationToken)
    {
        var notes = new string?[plan.Evaluators.Count];
        foreach (var (index, evaluator) in plan.Evaluators.Index())
        {
            notes[index] = evaluator.Type switch
            {
                EvaluatorType.Similarity => await CompareAsync(evaluator, index, items, budget, cancellationToken),
                EvaluatorType.Judge => await JudgeAsync(plan, evaluator, index, items, budget, cancellationToken),
                _ => null,
            };
        }

        return notes;
    }

    private double? Schema(Evaluator evaluator, ReplayAnswer answer) =>
        (evaluator.Schema is { } schema && !answer.CallsTools ? formats.IsValid(schema, answer.Text ?? "") : evaluator.Schema is null ? answer.SchemaValid : null) is { } valid ? valid ? 1 : 0 : null;

    /// <summary>What an answer is set against; null for nothing.</summary>
    private static string? Other(Evaluator evaluator, RanItem item, int model) => evaluator.Against == EvaluatorAgainst.Expected ? item.Expected
        : model > 0 && item.Answers[0].IsAnswer ? item.Answers[0].Text ?? ""
        : null;

    private async Task<string?> CompareAsync(Evaluator evaluator, int index, IReadOnlyList<RanItem> items, ReplayBudget budget, CancellationToken cancellationToken)
    {
        var compared = items.SelectMany(item => item.Answers.Index().Where(a => a.Item.IsAnswer && Other(evaluator, item, a.Index) is not null)
            .Select(a => (Item: item, Model: a.Index, Text: a.Item.Text ?? "", Other: Other(evaluator, item, a.Index)!))).ToList();
        if (compared.Count == 0)
        {
            return null;
        }

        // The answers of the first model among them come first: they answer different prompts, so what they have in common is chance.
        compared = [.. compared.OrderBy(c => c.Model)];
        var distinct = compared.Count(c => c.Model == compared[0].Model);
        var space = await similarities.Create(evaluator.EmbeddingModel is { } model ? planner.Route(model) : null, budget)
            .PlaceAsync([.. compared.Select(c => c.Text), .. compared.Select(c => c.Other)], distinct, cancellationToken);
        foreach (var (place, entry) in compared.Index())
        {
            entry.Item.Scores[entry.Model][index] = Math.Round(space.Between(place, compared.Count + place), 4);
        }

        return $"{char.ToUpperInvariant(space.Method[0])}{space.Method[1..]} similarity.{(space.Note is null ? "" : " " + space.Note)}";
    }

    private async Task<string?> JudgeAsync(EvaluationPlan plan, Evaluator evaluator, int index, IReadOnlyList<RanItem> items, ReplayBudget budget, CancellationToken cancellationToken)
    {
        var cases = items.SelectMany(item => item.Answers.Index().Where(a => a.Item.IsAnswer && Other(evaluator, item, a.Index) is not null)
            .Select(a => (Item: item, Model: a.Index, Case: new JudgeCase($"{item.ItemId} {a.Index}", item.Prompt, new ReplayAnswer { Text = Other(evaluator, item, a.Index) }, a.Item)))).ToList();
        if (cases.Count == 0)
        {
            return null;
        }

        var judged = await judge.JudgeAsync(
            new JudgeBrief(planner.Route(evaluator.Model!), evaluator.Rubric, plan.Evaluation.Setup.Concurrency), [.. cases.Select(c => c.Case)], budget, cancellationToken);
        foreach (var (place, (item, model, _)) in cases.Index())
        {
            item.Scores[model][index] = judged.Words[place] switch { JudgeWord.Win => 1, JudgeWord.Tie => 0.5, JudgeWord.Loss => 0, _ => null };
            if (evaluator.Against == EvaluatorAgainst.FirstModel)
            {
                item.Scores[0][index] = 1 - item.Scores[model][index];
            }
        }

        return Words(judged.Results, evaluator);
    }

    private static string Words(JudgeResults judged, Evaluator evaluator)
    {
        List<string> said = [$"{judged.Model} preferred the answer {judged.Wins} times, {(evaluator.Against == EvaluatorAgainst.Expected ? "the expected one" : "the first model's")} {judged.Losses} times; {judged.Ties} ties."];
        (int Count, string Words)[] missing =
        [
            (judged.Inconsistent, "ties because it preferred the same place in both orders"), (judged.Invalid, "times it said something that is no verdict"),
            (judged.Failed, "calls failed"), (judged.NotAsked, "not asked, because the money was spent or the run was cancelled"),
        ];
        said.AddRange(missing.Where(m => m.Count > 0).Select(m => $"{m.Count} {m.Words}."));
        return string.Join(' ', said);
    }
}

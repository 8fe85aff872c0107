using FluentValidation;
using Gateflow.Core.Access;
using Gateflow.Core.Evaluations;
using Gateflow.Core.Migrations;
using Gateflow.Core.Replay;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Datasets;
using Gateflow.Dashboard.Replay;
using Gateflow.Gateway.Replay;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Evaluations;

/// <summary>A run that can be started: what is sent, and to whom.</summary>
/// <param name="Models">In the run's order.</param>
internal sealed record EvaluationPlan(Evaluation Evaluation, IReadOnlyList<PlannedItem> Items, IReadOnlyList<ModelRoute> Models)
{
    public string Id => Evaluation.Id;

    public IReadOnlyList<Evaluator> Evaluators => Evaluation.Setup.Evaluators;

    /// <summary>What asking an item of every model will cost, USD; 0 where a price is unknown, which a plan with a budget excludes.</summary>
    public decimal Estimate(PlannedItem item) => Models.Sum(m => Estimate(m, item));

    /// <summary>What asking an item of every model did cost, as far as providers tell; the answers in the run's order.</summary>
    public Charge Charged(PlannedItem item, IReadOnlyList<ReplayAnswer> answers) =>
        answers.Zip(Models, (answer, model) => Charge.Of(answer, Estimate(model, item))).Aggregate((sum, charge) => sum + charge);

    private static decimal Estimate(ModelRoute model, PlannedItem item)
    {
        const int UsualOutput = 500;
        return model.Facts?.Cost(item.InputTokens, 0, item.OutputTokens > 0 ? item.OutputTokens : UsualOutput) ?? 0;
    }
}

/// <summary>What is known of an item before it is read.</summary>
internal sealed record PlannedItem(string Id, int InputTokens, int OutputTokens);

/// <summary>Checks a request for a run against what is served and stored.</summary>
internal sealed class EvaluationPlanner(
    IDbContextFactory<GateflowDb> databases, ModelDirectory models, ReplayCrew crew, DirectFormat formats, IValidator<EvaluationRequest> rules, NodeName node, TimeProvider clock)
{
    public async Task<Result<EvaluationPlan>> PlanAsync(EvaluationRequest request, string actor, CancellationToken cancellationToken)
    {
        var faults = rules.Validate(request).Errors.ConvertAll(e => new Fault(ConfigPatch.WireName(e.PropertyName), e.ErrorMessage));
        if (faults is [var first, ..])
        {
            return new Refusal(RefusalKind.Invalid, "invalid_parameter", string.Join(' ', faults.Select(f => f.Message))) { Param = first.Param, Faults = faults };
        }

        if (Callable(request) is { } refusal)
        {
            return refusal;
        }

        if (request.MaxCost is not null && Unpriced(request) is { } unpriced)
        {
            return Refusal.Invalid("max_cost", $"max_cost cannot be kept: the price of '{unpriced}' is unknown. Leave max_cost out, or take fewer items.");
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (!await db.Datasets.AnyAsync(d => d.Id == request.DatasetId, cancellationToken))
        {
            return Refusal.Invalid("dataset_id", $"There is no dataset '{request.DatasetId}'.");
        }

        var items = await db.DatasetItems.Where(i => i.DatasetId == request.DatasetId).OrderBy(i => i.Position).Take(request.MaxItems ?? EvaluationRequestValidator.MostItems)
            .Select(i => new PlannedItem(i.Id, i.InputTokens, i.OutputTokens)).ToListAsync(cancellationToken);
        if (items.Count == 0)
        {
            return new Refusal(RefusalKind.Invalid, "dataset_empty", "The dataset has no items yet. Add some, then run it.") { Param = "dataset_id" };
        }

        var now = clock.GetUtcNow();
        return new EvaluationPlan(
            new Evaluation
            {
                Id = Ids.New("eval", now),
                DatasetId = request.DatasetId!,
                Name = string.IsNullOrWhiteSpace(request.Name) ? null : request.Name.Trim(),
                Models = [.. request.Models!],
                Setup = new EvaluationSetup { Evaluators = [.. request.Evaluators!], MaxCost = request.MaxCost, Concurrency = request.Concurrency ?? 8 },
                CreatedAt = now,
                CreatedBy = actor,
                Planned = items.Count,
                Node = node.Value,
            },
            items, [.. request.Models!.Select(m => models.Routes[m])]);
    }

    /// <summary>The models of a plan, by their ids: known and served.</summary>
    public ModelRoute Route(string model) => models.Routes[model];

    /// <summary>The model that a stored request names; null when nobody knows it.</summary>
    public ModelRoute? Find(string model) => models.Routes.GetValueOrDefault(model);

    private Refusal? Callable(EvaluationRequest request)
    {
        foreach (var (index, model) in request.Models!.Index())
        {
            if (crew.Chat(model, $"models[{index}]") is { } fault)
            {
                return fault;
            }
        }

        foreach (var (index, evaluator) in request.Evaluators!.Index())
        {
            var at = $"evaluators[{index}]";
            var fault = evaluator.Model is { } judge ? crew.Chat(judge, $"{at}.model")
                : evaluator.EmbeddingModel is { } embedding ? crew.Embedding(embedding, $"{at}.embedding_model")
                : evaluator.Schema is { } schema && !formats.CanUse(schema) ? Refusal.Invalid($"{at}.schema", "schema is no JSON Schema that answers can be held against: it is faulty, too large, or refers to other documents.")
                : null;
            if (fault is not null)
            {
                return fault;
            }
        }

        return null;
    }

    private string? Unpriced(EvaluationRequest request) =>
        request.Models!.Concat(request.Evaluators!.Select(e => e.Model).OfType<string>()).FirstOrDefault(m => models.Routes[m].Facts?.Cost(1, 0, 1) is null)
        ?? request.Evaluators!.Select(e => e.EmbeddingModel).OfType<string>().FirstOrDefault(m => models.Routes[m].Facts?.Cost(1, 0, 0) is null);
}

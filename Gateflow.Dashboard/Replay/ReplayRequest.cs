using FluentValidation;
using Gateflow.Core.Replay;

namespace Gateflow.Dashboard.Replay;

/// <summary>POST /migrations/{id}/test.</summary>
public sealed record ReplayRequest
{
    public const string RecentProduction = "recent_production";
    public const string Dataset = "dataset";

    /// <summary>Null for the migration's target.</summary>
    public string? TargetModel { get; init; }

    /// <summary>Requests to replay, 1–1000; fewer are run when fewer are stored.</summary>
    public int TestRequests { get; init; } = 100;

    /// <summary>"recent_production" or "dataset".</summary>
    public string Source { get; init; } = RecentProduction;

    /// <summary>The set whose items are replayed, from its first on; with source "dataset" only.</summary>
    public string? DatasetId { get; init; }

    /// <summary>Runs the source against itself too.</summary>
    public bool NoiseFloor { get; init; }

    /// <summary>Most that all calls may cost together, embeddings and judge among them, USD; null for no cap.</summary>
    public decimal? MaxCost { get; init; }

    /// <summary>"both" asks both models, "recorded" only the target.</summary>
    public ReplayCompare Compare { get; init; }

    /// <summary>Pairs under way at once, 1–32; null for the usual 8.</summary>
    public int? Concurrency { get; init; }

    /// <summary>"lexical" or "embedding".</summary>
    public SimilarityKind Similarity { get; init; }

    /// <summary>Who gives embeddings: any served model of embeddings.</summary>
    public string? EmbeddingModel { get; init; }

    /// <summary>Who judges the pairs: any served chat model; null for no judge.</summary>
    public string? JudgeModel { get; init; }

    /// <summary>By what it judges; null for the rubric that Gateflow brings.</summary>
    public string? JudgeRubric { get; init; }

    internal ReplaySetup Setup(ReplayOptions options) => new()
    {
        DatasetId = Source == Dataset ? DatasetId : null,
        Compare = Compare,
        NoiseFloor = NoiseFloor,
        Concurrency = Concurrency ?? options.Concurrency,
        Similarity = Similarity,
        EmbeddingModel = Similarity == SimilarityKind.Embedding ? EmbeddingModel : null,
        JudgeModel = string.IsNullOrEmpty(JudgeModel) ? null : JudgeModel,
        JudgeRubric = string.IsNullOrWhiteSpace(JudgeRubric) ? null : JudgeRubric.Trim(),
    };
}

/// <summary>The rules of a test, the same for the API and the wizard.</summary>
public sealed class ReplayRequestValidator : AbstractValidator<ReplayRequest>
{
    public const int MostRequests = 1000;
    public const int MostConcurrency = 32;
    public const int LongestRubric = 4000;

    public ReplayRequestValidator()
    {
        RuleFor(r => r.TargetModel).MaximumLength(200).WithMessage("target_model may have at most 200 characters.");
        RuleFor(r => r.TestRequests).InclusiveBetween(1, MostRequests).WithMessage($"test_requests must lie between 1 and {MostRequests}.");
        RuleFor(r => r.Source).Must(s => s is ReplayRequest.RecentProduction or ReplayRequest.Dataset).WithMessage("source must be 'recent_production' or 'dataset'.");
        RuleFor(r => r.DatasetId).NotEmpty().When(r => r.Source == ReplayRequest.Dataset).WithMessage("dataset_id is required for source 'dataset'.");
        RuleFor(r => r.DatasetId).Empty().When(r => r.Source != ReplayRequest.Dataset).WithMessage("dataset_id is for source 'dataset' only.");
        RuleFor(r => r.MaxCost).GreaterThan(0).WithMessage("max_cost must be above 0 USD; leave it out for no cap.");
        RuleFor(r => r.Concurrency).InclusiveBetween(1, MostConcurrency).WithMessage($"concurrency must lie between 1 and {MostConcurrency}.");
        RuleFor(r => r.Compare).IsInEnum().WithMessage("compare must be 'both' or 'recorded'.");
        RuleFor(r => r.Compare).NotEqual(ReplayCompare.Recorded).When(r => r.Source == ReplayRequest.Dataset).WithMessage("compare 'recorded' needs source 'recent_production': a dataset holds expected answers, not the source's.");
        RuleFor(r => r.Similarity).IsInEnum().WithMessage("similarity must be 'lexical' or 'embedding'.");
        RuleFor(r => r.EmbeddingModel).MaximumLength(200).WithMessage("embedding_model may have at most 200 characters.");
        RuleFor(r => r.EmbeddingModel).NotEmpty().When(r => r.Similarity == SimilarityKind.Embedding).WithMessage("embedding_model is required for similarity 'embedding'.");
        RuleFor(r => r.EmbeddingModel).Empty().When(r => r.Similarity != SimilarityKind.Embedding).WithMessage("embedding_model is for similarity 'embedding' only.");
        RuleFor(r => r.JudgeModel).MaximumLength(200).WithMessage("judge_model may have at most 200 characters.");
        RuleFor(r => r.JudgeRubric).MaximumLength(LongestRubric).WithMessage($"judge_rubric may have at most {LongestRubric} characters.");
        RuleFor(r => r.JudgeRubric).Empty().When(r => string.IsNullOrEmpty(r.JudgeModel)).WithMessage("judge_rubric needs a judge_model.");
    }
}

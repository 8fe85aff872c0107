using FluentValidation;

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

    /// <summary>"recent_production"; "dataset" comes later.</summary>
    public string Source { get; init; } = RecentProduction;

    public string? DatasetId { get; init; }

    /// <summary>Runs the source against itself too.</summary>
    public bool NoiseFloor { get; init; }

    /// <summary>Most that both models may cost together, USD; null for no cap.</summary>
    public decimal? MaxCost { get; init; }
}

/// <summary>The rules of a test, the same for the API and the wizard.</summary>
public sealed class ReplayRequestValidator : AbstractValidator<ReplayRequest>
{
    public const int MostRequests = 1000;

    public ReplayRequestValidator()
    {
        RuleFor(r => r.TargetModel).MaximumLength(200).WithMessage("target_model may have at most 200 characters.");
        RuleFor(r => r.TestRequests).InclusiveBetween(1, MostRequests).WithMessage($"test_requests must lie between 1 and {MostRequests}.");
        RuleFor(r => r.Source).NotEqual(ReplayRequest.Dataset).WithMessage("source 'dataset' is not available yet; use 'recent_production'.");
        RuleFor(r => r.Source).Must(s => s is ReplayRequest.RecentProduction or ReplayRequest.Dataset).WithMessage("source must be 'recent_production'.");
        RuleFor(r => r.DatasetId).Empty().WithMessage("dataset_id is not available yet; leave it out and use source 'recent_production'.");
        RuleFor(r => r.NoiseFloor).Equal(false).WithMessage("noise_floor is not available yet; leave it out.");
        RuleFor(r => r.MaxCost).GreaterThan(0).WithMessage("max_cost must be above 0 USD; leave it out for no cap.");
    }
}

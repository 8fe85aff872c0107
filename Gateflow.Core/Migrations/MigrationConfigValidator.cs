using FluentValidation;

namespace Gateflow.Core.Migrations;

/// <summary>The rules of a configuration, the same for the API and the wizard's form.</summary>
public sealed class MigrationConfigValidator : AbstractValidator<MigrationConfig>
{
    private const int MostOfScope = 1_000;

    public MigrationConfigValidator()
    {
        RuleFor(c => c.Strategy).IsInEnum().WithMessage(OneOf<Strategy>("strategy"));
        RuleFor(c => c.Then).IsInEnum().WithMessage(OneOf<Strategy>("then"));
        RuleFor(c => c.StickyBy).IsInEnum().WithMessage(OneOf<StickyBy>("sticky_by"));
        RuleFor(c => c.OnInsufficient).IsInEnum().WithMessage(OneOf<OnInsufficient>("on_insufficient"));
        RuleFor(c => c.CanaryPercentage).InclusiveBetween(0.01, 100).WithMessage("canary_percentage must lie between 0.01 and 100.");
        RuleFor(c => c.IncreaseStep).InclusiveBetween(0.01, 100).WithMessage("increase_step must lie between 0.01 and 100 percentage points.");
        RuleFor(c => c.IncreaseIntervalMinutes).InclusiveBetween(0.01, 43_200).WithMessage("increase_interval_minutes must lie between 0.01 and 43200 (30 days).");
        RuleFor(c => c.DurationHours).InclusiveBetween(0.001, 720).WithMessage("duration_hours must lie between 0.001 and 720 (30 days).");
        RuleFor(c => c.ExecuteAt).NotNull().When(c => c.Strategy == Strategy.Scheduled).WithMessage("execute_at is required for the strategy scheduled.");
        RuleFor(c => c.ExecuteAt).Must(at => at is null || at.Value.Year < WindowRules.EndOfTime).WithMessage($"execute_at must lie before the year {WindowRules.EndOfTime}.");
        RuleFor(c => c.Then).Must(then => then is not (Strategy.Scheduled or Strategy.Shadow)).When(c => c.Strategy == Strategy.Shadow)
            .WithMessage("then must be instant, canary or steps after shadow.");
        RuleFor(c => c.Then).NotEqual(Strategy.Scheduled).When(c => c.Then is not null).WithMessage("then cannot be scheduled.");
        RuleFor(c => c.Steps).NotEmpty().When(c => c.HasOwnSteps).WithMessage("steps must hold at least one step for the strategy steps.");
        RuleFor(c => c.Steps).Must(steps => steps.Count <= 100).WithMessage("steps may hold at most 100 steps.");
        RuleFor(c => c.Steps).Must(Rising).WithMessage("steps must have rising weights between 0 and 100.");
        RuleForEach(c => c.Steps).Must(s => s.HoldMinutes is >= 0 and <= 43_200).WithMessage("hold_minutes must lie between 0 and 43200.");
        RuleForEach(c => c.Steps).Must(s => s.Mirror is null or (>= 0.01 and <= 100)).WithMessage("mirror of a step must lie between 0.01 and 100.");
        RuleFor(c => c.RollbackThreshold.ErrorRate).ExclusiveBetween(0, 1).When(c => c.RollbackThreshold.ErrorRate is not null)
            .WithMessage("error_rate must lie between 0 and 1, both excluded (0.05 is 5 %).");
        RuleFor(c => c.RollbackThreshold.LatencyP99Increase).Must(r => r is > 1 and <= 100).When(c => c.RollbackThreshold.LatencyP99Increase is not null)
            .WithMessage("latency_p99_increase is a ratio to the source and must lie above 1, at most 100 (2.0 is twice the source).");
        RuleFor(c => c.RollbackThreshold.QualityScoreDrop).ExclusiveBetween(0, 1).When(c => c.RollbackThreshold.QualityScoreDrop is not null)
            .WithMessage("quality_score_drop must lie between 0 and 1, both excluded.");
        RuleFor(c => c.Alpha).InclusiveBetween(0.0001, 0.2).WithMessage("alpha must lie between 0.0001 and 0.2.");
        RuleFor(c => c.MinSamples).InclusiveBetween(0, 1_000_000).WithMessage("min_samples must lie between 0 and 1000000.");
        RuleFor(c => c.MaxHoldHours).InclusiveBetween(0.01, 8_760).WithMessage("max_hold_hours must lie between 0.01 and 8760.");
        RuleFor(c => c.SoakMinutes).Must(m => m is >= 0 and <= 43_200).When(c => c.SoakMinutes is not null).WithMessage("soak_minutes must lie between 0 and 43200.");
        RuleFor(c => c.ApprovalsRequired).InclusiveBetween(0, 10).WithMessage("approvals_required must lie between 0 and 10.");
        RuleFor(c => c.Mirror!.Percentage).InclusiveBetween(0.01, 100).When(c => c.Mirror is not null).WithMessage("mirror.percentage must lie between 0.01 and 100.");
        RuleFor(c => c.Mirror!.MaxCost).GreaterThan(0).When(c => c.Mirror?.MaxCost is not null).WithMessage("mirror.max_cost must be above 0 USD.");
        RuleFor(c => c.Windows).Custom((windows, context) => context.AddFaults(WindowRules.Faults(windows)));
        RuleFor(c => c.Blackouts).Custom((blackouts, context) => context.AddFaults(WindowRules.Faults(blackouts)));
        RuleFor(c => c.Scope).Must(s => s.Features.Count <= MostOfScope && s.ApiKeys.Count <= MostOfScope && s.Users.Count <= MostOfScope)
            .WithMessage($"scope may name at most {MostOfScope} features, keys and users each.");
        RuleFor(c => c.Scope).Must(s => !s.Features.Concat(s.ApiKeys).Concat(s.Users).Any(string.IsNullOrWhiteSpace))
            .WithMessage("scope may not hold an empty name: no request has one. Leave the list out to move all of them.");
    }

    private static string OneOf<T>(string field)
        where T : struct, Enum => $"{field} must be one of {string.Join(", ", Enum.GetValues<T>().Select(Wire.Name))}.";

    private static bool Rising(IReadOnlyList<StepConfig> steps)
    {
        var before = -1.0;
        foreach (var step in steps)
        {
            if (step.Weight is not (>= 0 and <= 100) || step.Weight <= before)
            {
                return false;
            }

            before = step.Weight;
        }

        return true;
    }
}

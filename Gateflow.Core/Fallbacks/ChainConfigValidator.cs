using FluentValidation;

namespace Gateflow.Core.Fallbacks;

/// <summary>The rules of a chain that can be told from itself alone.</summary>
public sealed class ChainConfigValidator : AbstractValidator<ChainConfig>
{
    public const int MaxFallbacks = 10;

    public ChainConfigValidator()
    {
        RuleFor(c => c.Name).MaximumLength(200).WithMessage("name may have at most 200 characters.");
        RuleFor(c => c.Primary).NotEmpty().WithMessage("primary is required: the model that the chain stands behind.")
            .MaximumLength(200).WithMessage("primary may have at most 200 characters.");
        RuleFor(c => c.Fallbacks).Must(list => list.Count is >= 1 and <= MaxFallbacks).WithMessage($"fallbacks must hold 1 to {MaxFallbacks} models.");
        RuleFor(c => c.Fallbacks).Must(list => list.All(f => f.Model.Length is > 0 and <= 200)).WithMessage("each fallback needs a model of 1 to 200 characters.");
        RuleFor(c => c.Fallbacks).Must(list => list.All(f => f.Priority is >= 1 and <= 1000)).WithMessage("priority must lie between 1 and 1000.");
        RuleFor(c => c.Fallbacks).Must(list => list.All(f => f.Note is not { Length: > 500 })).WithMessage("note may have at most 500 characters.");
        RuleFor(c => c.Fallbacks).Must(list => list.DistinctBy(f => f.Model, StringComparer.Ordinal).Count() == list.Count)
            .WithMessage("fallbacks must not hold the same model twice.");
        RuleFor(c => c.Fallbacks).Must((c, list) => list.All(f => f.Model != c.Primary)).WithMessage("the primary model cannot be its own fallback.");
        RuleFor(c => c.Triggers).Must(list => list.Count > 0).WithMessage("triggers must hold at least one reason; enabled: false switches a chain off.");
        RuleFor(c => c.Triggers).Must(list => !list.Contains(FallbackReason.ModelDeprecated))
            .WithMessage("model_deprecated is no trigger: auto_activate_on_deprecation decides.");
    }
}

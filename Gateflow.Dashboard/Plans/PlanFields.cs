using FluentValidation;
using Gateflow.Core.Plans;

namespace Gateflow.Dashboard.Plans;

/// <summary>What people decide of a plan: the body of POST and PATCH <c>/plans</c>.</summary>
public sealed record PlanFields
{
    public string? Model { get; init; }

    public string? Name { get; init; }

    /// <summary>Null for the catalog's date.</summary>
    public DateOnly? Deadline { get; init; }

    public string? Owner { get; init; }

    public string? Note { get; init; }

    public static PlanFields Of(Plan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return new() { Model = plan.Model, Name = plan.Name, Deadline = plan.Deadline, Owner = plan.Owner, Note = plan.Note };
    }
}

/// <summary>The rules of a plan, the same for the API and the page.</summary>
public sealed class PlanFieldsValidator : AbstractValidator<PlanFields>
{
    public PlanFieldsValidator()
    {
        RuleFor(p => p.Model).NotEmpty().WithMessage("model is required: the model that is to be replaced.");
        RuleFor(p => p.Model).MaximumLength(200).WithMessage("model may have at most 200 characters.");
        RuleFor(p => p.Name).MaximumLength(Plan.LongestName).WithMessage($"name may have at most {Plan.LongestName} characters.");
        RuleFor(p => p.Owner).MaximumLength(Plan.LongestOwner).WithMessage($"owner may have at most {Plan.LongestOwner} characters.");
        RuleFor(p => p.Note).MaximumLength(Plan.LongestNote).WithMessage($"note may have at most {Plan.LongestNote} characters.");
        RuleFor(p => p.Deadline).Must(d => d is null or { Year: >= 2000 and < 2200 }).WithMessage("deadline must be a day such as 2027-01-14.");
    }
}

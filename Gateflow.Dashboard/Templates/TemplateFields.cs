using System.Text.Json.Nodes;
using FluentValidation;
using Gateflow.Core.Templates;

namespace Gateflow.Dashboard.Templates;

/// <summary>POST <c>/migration-templates</c>.</summary>
public sealed record TemplateFields
{
    public string? Name { get; init; }

    public string? Description { get; init; }

    /// <summary>A migration whose models and configuration are taken where the request names none.</summary>
    public string? MigrationId { get; init; }

    public string? SourceModel { get; init; }

    public string? TargetModel { get; init; }

    /// <summary>Fields of PATCH <c>/migrations/{id}</c>.</summary>
    public JsonObject? Config { get; init; }
}

/// <summary>The rules of a template, the same for the API and the page.</summary>
public sealed class TemplateFieldsValidator : AbstractValidator<TemplateFields>
{
    public TemplateFieldsValidator()
    {
        RuleFor(t => t.Name).Must(n => !string.IsNullOrWhiteSpace(n)).WithMessage("name is required.");
        RuleFor(t => t.Name).MaximumLength(OwnTemplate.LongestName).WithMessage($"name may have at most {OwnTemplate.LongestName} characters.");
        RuleFor(t => t.Description).MaximumLength(OwnTemplate.LongestDescription).WithMessage($"description may have at most {OwnTemplate.LongestDescription} characters.");
        RuleFor(t => t.SourceModel).NotEmpty().When(t => string.IsNullOrEmpty(t.MigrationId)).WithMessage("source_model is required, unless migration_id names a migration.");
        RuleFor(t => t.SourceModel).MaximumLength(200).WithMessage("source_model may have at most 200 characters.");
        RuleFor(t => t.TargetModel).MaximumLength(200).WithMessage("target_model may have at most 200 characters.");
        RuleFor(t => t.TargetModel).NotEqual(t => t.SourceModel).When(t => !string.IsNullOrEmpty(t.TargetModel)).WithMessage("target_model must be another model than source_model.");
    }
}

using FluentValidation;
using Gateflow.Core.Migrations;

namespace Gateflow.Dashboard.Migrations;

/// <summary>POST /migrations.</summary>
public sealed record CreateMigration
{
    public string? SourceModel { get; init; }

    public bool Analyze { get; init; }

    public string? TargetModel { get; init; }

    public string? Template { get; init; }

    public string? Feature { get; init; }

    /// <summary>Moves the requests of this key alone, "key_…".</summary>
    public string? ApiKey { get; init; }

    public string? Name { get; init; }

    /// <summary>The part of the model's traffic that is to be moved.</summary>
    internal MigrationScope Scope() => new()
    {
        Features = Feature is null ? [] : [Feature], ApiKeys = ApiKey is null ? [] : [ApiKey],
    };
}

/// <summary>The rules of a new migration, the same for the API and the page.</summary>
public sealed class CreateMigrationValidator : AbstractValidator<CreateMigration>
{
    public CreateMigrationValidator()
    {
        RuleFor(c => c.SourceModel).NotEmpty().When(c => string.IsNullOrEmpty(c.Template))
            .WithMessage("source_model is required, unless a template names it.");
        RuleFor(c => c.SourceModel).MaximumLength(200).WithMessage("source_model may have at most 200 characters.");
        RuleFor(c => c.TargetModel).MaximumLength(200).WithMessage("target_model may have at most 200 characters.");
        RuleFor(c => c.TargetModel).NotEqual(c => c.SourceModel).When(c => !string.IsNullOrEmpty(c.TargetModel))
            .WithMessage("target_model must be another model than source_model.");
        RuleFor(c => c.Name).MaximumLength(200).WithMessage("name may have at most 200 characters.");
        RuleFor(c => c.ApiKey).Must(IsNamed).WithMessage("api_key may not be empty: leave it out to move the requests of every key.");
        RuleFor(c => c.Feature).Must(IsNamed).WithMessage("feature may not be empty: leave it out to move the requests of every feature.");
        RuleFor(c => c.ApiKey).MaximumLength(60).WithMessage("api_key may have at most 60 characters.");
        RuleFor(c => c.Feature).MaximumLength(100).WithMessage("feature may have at most 100 characters.");
    }

    private static bool IsNamed(string? name) => name is null || !string.IsNullOrWhiteSpace(name);
}

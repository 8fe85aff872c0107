using System.Text.RegularExpressions;
using FluentValidation;
using Gateflow.Core.Prompts;

namespace Gateflow.Dashboard.Prompts;

/// <summary>POST <c>/prompts/{id}/versions</c>, and the first version within POST <c>/prompts</c>.</summary>
public record VersionFields
{
    /// <summary>With variables as {{name}}.</summary>
    public string? Text { get; init; }

    /// <summary>Texts for single models, by model.</summary>
    public Dictionary<string, string>? Variants { get; init; }

    /// <summary>Why it was made.</summary>
    public string? Note { get; init; }
}

/// <summary>POST <c>/prompts</c>.</summary>
public sealed record PromptFields : VersionFields
{
    public string? Name { get; init; }

    public string? Description { get; init; }
}

/// <summary>PATCH <c>/prompts/{id}</c>.</summary>
public sealed record PromptPatch
{
    public string? Description { get; init; }
}

/// <summary>The rules of a version, the same for the API and the page.</summary>
public class VersionFieldsValidator<T> : AbstractValidator<T>
    where T : VersionFields
{
    public VersionFieldsValidator()
    {
        RuleFor(v => v.Text).Must(t => !string.IsNullOrWhiteSpace(t)).WithMessage("text is required.");
        RuleFor(v => v.Text).MaximumLength(PromptContent.LongestText).WithMessage($"text may have at most {PromptContent.LongestText} characters.");
        RuleFor(v => v.Note).MaximumLength(PromptVersion.LongestNote).WithMessage($"note may have at most {PromptVersion.LongestNote} characters.");
        RuleFor(v => v.Variants).Must(all => all is null || (all.Count <= PromptContent.MostVariants && all.All(v => v.Key is { Length: > 0 and <= 200 } && v.Value is { Length: > 0 and <= PromptContent.LongestText })))
            .WithMessage($"variants may hold texts for at most {PromptContent.MostVariants} models, each of 1 to {PromptContent.LongestText} characters.");
    }
}

/// <summary>The rules of a new prompt.</summary>
public sealed partial class PromptFieldsValidator : VersionFieldsValidator<PromptFields>
{
    public PromptFieldsValidator()
    {
        RuleFor(p => p.Name).Must(n => n is not null && Slug().IsMatch(n)).WithMessage($"name must have 1 to {Prompt.LongestName} lower-case letters, digits, '-', '_' or '.', and begin with a letter or digit.");
        RuleFor(p => p.Description).MaximumLength(Prompt.LongestDescription).WithMessage($"description may have at most {Prompt.LongestDescription} characters.");
    }

    [GeneratedRegex(@"^[a-z0-9][a-z0-9._-]{0,99}\z", RegexOptions.None, 1000)]
    private static partial Regex Slug();
}

/// <summary>The rules of a changed prompt.</summary>
public sealed class PromptPatchValidator : AbstractValidator<PromptPatch>
{
    public PromptPatchValidator() =>
        RuleFor(p => p.Description).MaximumLength(Prompt.LongestDescription).WithMessage($"description may have at most {Prompt.LongestDescription} characters.");
}

using FluentValidation;
using Gateflow.Core.Evaluations;

namespace Gateflow.Dashboard.Evaluations;

/// <summary>POST <c>/evaluations</c>.</summary>
public sealed record EvaluationRequest
{
    public string? DatasetId { get; init; }

    public string? Name { get; init; }

    /// <summary>One or two; a difference is the second less the first.</summary>
    public IReadOnlyList<string>? Models { get; init; }

    public IReadOnlyList<Evaluator>? Evaluators { get; init; }

    /// <summary>The first items of the set only; null for as many as a run may have.</summary>
    public int? MaxItems { get; init; }

    /// <summary>Most that all calls may cost together, embeddings and judges among them, USD; null for no cap.</summary>
    public decimal? MaxCost { get; init; }

    /// <summary>Items under way at once, 1–32; null for the usual 8.</summary>
    public int? Concurrency { get; init; }
}

/// <summary>PATCH <c>/evaluations/{id}</c>.</summary>
public sealed record EvaluationName
{
    public string? Name { get; init; }
}

/// <summary>The rules of a run, the same for the API and the dialog.</summary>
public sealed class EvaluationRequestValidator : AbstractValidator<EvaluationRequest>
{
    public const int MostItems = 2_000;
    public const int MostEvaluators = 12;
    public const int MostConcurrency = 32;

    public EvaluationRequestValidator()
    {
        RuleFor(r => r.DatasetId).NotEmpty().WithMessage("dataset_id is required.");
        RuleFor(r => r.Name).MaximumLength(Evaluation.LongestName).WithMessage($"name may have at most {Evaluation.LongestName} characters.");
        RuleFor(r => r.Models).Must(m => m is { Count: 1 or 2 } && m.All(id => id is { Length: > 0 and <= 200 })).WithMessage("models must name one or two models.")
            .Must(m => m is null || m.Distinct(StringComparer.Ordinal).Count() == m.Count).WithMessage("models must differ.");
        RuleFor(r => r.Evaluators).Must(e => e is { Count: > 0 and <= MostEvaluators } && e.All(x => x is not null)).WithMessage($"evaluators must be a list of 1 to {MostEvaluators}.")
            .Must(e => e is null || e.Where(x => x is not null).Select(x => x.Label).Distinct(StringComparer.Ordinal).Count() == e.Count)
            .WithMessage("Two evaluators have the same name; give one of them another name.");
        RuleForEach(r => r.Evaluators).SetValidator(r => new EvaluatorValidator(r.Models?.Count ?? 1));
        RuleFor(r => r.MaxItems).InclusiveBetween(1, MostItems).WithMessage($"max_items must lie between 1 and {MostItems}.");
        RuleFor(r => r.MaxCost).GreaterThan(0).WithMessage("max_cost must be above 0 USD; leave it out for no cap.");
        RuleFor(r => r.Concurrency).InclusiveBetween(1, MostConcurrency).WithMessage($"concurrency must lie between 1 and {MostConcurrency}.");
    }
}

/// <summary>The rules of one evaluator. A setting that its type does not read is refused: it would be believed to work.</summary>
public sealed class EvaluatorValidator : AbstractValidator<Evaluator>
{
    public const int LongestName = 100;
    private const int LongestText = 4_000;
    private const int LongestSchema = 64 * 1024;

    /// <param name="models">Models of the run.</param>
    public EvaluatorValidator(int models)
    {
        RuleFor(e => e.Type).IsInEnum().WithMessage("type is not known.");
        RuleFor(e => e.Name).MaximumLength(LongestName).WithMessage($"name may have at most {LongestName} characters.")
            .Must(n => n is null || n.Trim().Length > 0).WithMessage("name must not be blank.");
        RuleFor(e => e.Value).Must(v => v is null or { Length: > 0 and <= LongestText }).WithMessage($"value must have 1 to {LongestText} characters.");
        Only(e => e.Value is not null, e => e.Type == EvaluatorType.Contains, "value", "contains");
        Only(e => e.Pattern is not null, e => e.Type == EvaluatorType.Regex, "pattern", "regex");
        RuleFor(e => e.Pattern).NotEmpty().When(e => e.Type == EvaluatorType.Regex).WithMessage("pattern is required.")
            .MaximumLength(TextScore.LongestPattern).WithMessage($"pattern may have at most {TextScore.LongestPattern} characters.");
        RuleFor(e => e.Pattern).Custom((pattern, context) =>
        {
            if (pattern is { Length: > 0 and <= TextScore.LongestPattern } && TextScore.PatternFault(pattern) is { } fault)
            {
                context.AddFailure(fault);
            }
        });
        Only(e => e.IgnoreCase, e => e.Type is EvaluatorType.ExactMatch or EvaluatorType.Contains or EvaluatorType.Regex, "ignore_case", "exact_match, contains and regex");
        Only(e => e.Schema is not null, e => e.Type == EvaluatorType.JsonSchema, "schema", "json_schema");
        RuleFor(e => e.Schema).Must(s => s is null || s.Value.GetRawText().Length <= LongestSchema).WithMessage($"schema may have at most {LongestSchema / 1024} KB.");
        Only(e => e.Min is not null || e.Max is not null, e => e.Type == EvaluatorType.Length, "min", "length");
        RuleFor(e => e.Min).Must((e, min) => e.Type != EvaluatorType.Length || min is not null || e.Max is not null).WithMessage("length needs min or max.")
            .Must((e, min) => (min ?? 0) >= 0 && (e.Max is null || e.Max >= (min ?? 0))).WithMessage("min and max must be 0 or more, and max not below min.");
        Only(e => e.EmbeddingModel is not null, e => e.Type == EvaluatorType.Similarity, "embedding_model", "similarity");
        Only(e => e.Model is not null, e => e.Type == EvaluatorType.Judge, "model", "judge");
        RuleFor(e => e.Model).NotEmpty().When(e => e.Type == EvaluatorType.Judge).WithMessage("model is required: the chat model that judges.");
        Only(e => e.Rubric is not null, e => e.Type == EvaluatorType.Judge, "rubric", "judge");
        RuleFor(e => e.Rubric).MaximumLength(LongestText).WithMessage($"rubric may have at most {LongestText} characters.");
        RuleFor(e => e.Against).IsInEnum().WithMessage("against must be 'expected' or 'first_model'.");
        Only(e => e.Against == EvaluatorAgainst.FirstModel, e => e.Type is EvaluatorType.Similarity or EvaluatorType.Judge, "against", "similarity and judge");
        RuleFor(e => e.Against).Must(a => a != EvaluatorAgainst.FirstModel || models == 2).WithMessage("against 'first_model' needs two models.");
    }

    private void Only(Func<Evaluator, bool> given, Func<Evaluator, bool> allowed, string field, string types) =>
        RuleFor(e => e).Must(e => !given(e) || allowed(e)).OverridePropertyName(field).WithMessage($"{field} is for {types} only.");
}

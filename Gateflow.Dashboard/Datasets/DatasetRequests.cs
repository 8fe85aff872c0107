using System.Text.Json.Nodes;
using FluentValidation;
using Gateflow.Core.Datasets;

namespace Gateflow.Dashboard.Datasets;

/// <summary>PATCH <c>/datasets/{id}</c>.</summary>
public record DatasetFields
{
    public string? Name { get; init; }

    public string? Description { get; init; }
}

/// <summary>POST <c>/datasets</c>: a set, at once with items if the body names where they come from.</summary>
public sealed record CreateDataset : DatasetFields
{
    public AddItems Items() => new() { Samples = Samples, Pairs = Pairs, Items = Given };

    public FromSamples? Samples { get; init; }

    public FromPairs? Pairs { get; init; }

    [System.Text.Json.Serialization.JsonPropertyName("items")]
    public IReadOnlyList<JsonObject>? Given { get; init; }
}

/// <summary>PATCH <c>/datasets/{id}/items/{item_id}</c>.</summary>
public sealed record ExpectedAnswer
{
    public string? Expected { get; init; }
}

/// <summary>POST <c>/datasets/{id}/items</c> with JSON: one of the three.</summary>
public sealed record AddItems
{
    public const int MostGiven = 500;

    public FromSamples? Samples { get; init; }

    public FromPairs? Pairs { get; init; }

    /// <summary>Each as a line of a file.</summary>
    public IReadOnlyList<JsonObject>? Items { get; init; }

    internal int Sources => (Samples is null ? 0 : 1) + (Pairs is null ? 0 : 1) + (Items is null ? 0 : 1);
}

/// <summary>Stored requests of production, a fair sample of the uses among them.</summary>
public sealed record FromSamples
{
    public string? Model { get; init; }

    /// <summary>Null for all.</summary>
    public string? Feature { get; init; }

    /// <summary>Inclusive; null for all that are kept.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Exclusive; null for no end.</summary>
    public DateTimeOffset? To { get; init; }

    public int Count { get; init; } = 100;

    /// <summary>"recorded" takes the answers that were stored with them as the expected ones, "none" takes none.</summary>
    public string Expected { get; init; } = "recorded";
}

/// <summary>Pairs of a replay.</summary>
public sealed record FromPairs
{
    public const int MostPairs = 1_000;

    public string? TestId { get; init; }

    /// <summary>Null for all of the test.</summary>
    public IReadOnlyList<string>? PairIds { get; init; }

    /// <summary>"source" or "target" takes that model's answers as the expected ones, "none" takes none.</summary>
    public string Expected { get; init; } = "source";
}

/// <summary>The rules of a set, the same for the API and the pages.</summary>
public sealed class DatasetFieldsValidator : AbstractValidator<DatasetFields>
{
    public DatasetFieldsValidator()
    {
        RuleFor(d => d.Name).NotEmpty().WithMessage("name is required.")
            .MaximumLength(Dataset.LongestName).WithMessage($"name may have at most {Dataset.LongestName} characters.");
        RuleFor(d => d.Description).MaximumLength(Dataset.LongestDescription).WithMessage($"description may have at most {Dataset.LongestDescription} characters.");
    }
}

/// <summary>The rules of adding items.</summary>
public sealed class AddItemsValidator : AbstractValidator<AddItems>
{
    public AddItemsValidator()
    {
        RuleFor(a => a.Sources).LessThanOrEqualTo(1).OverridePropertyName("items").WithMessage("Give one of samples, pairs and items.");
        RuleFor(a => a.Items).Must(items => items is null or { Count: <= AddItems.MostGiven }).OverridePropertyName("items")
            .WithMessage($"items may have at most {AddItems.MostGiven} entries; upload a file for more.");
        When(a => a.Samples is not null, () =>
        {
            RuleFor(a => a.Samples!.Model).NotEmpty().OverridePropertyName("samples.model").WithMessage("samples.model is required: the model that the requests went to.");
            RuleFor(a => a.Samples!.Count).InclusiveBetween(1, 2000).OverridePropertyName("samples.count").WithMessage("samples.count must lie between 1 and 2000.");
            RuleFor(a => a.Samples!.Expected).Must(e => e is "recorded" or "none").OverridePropertyName("samples.expected").WithMessage("samples.expected must be 'recorded' or 'none'.");
            RuleFor(a => a.Samples!.To).Must((a, to) => to is null || a.Samples!.From is null || a.Samples.From < to).OverridePropertyName("samples.to").WithMessage("samples.to must lie after samples.from.");
        });
        When(a => a.Pairs is not null, () =>
        {
            RuleFor(a => a.Pairs!.TestId).NotEmpty().OverridePropertyName("pairs.test_id").WithMessage("pairs.test_id is required: the replay that the pairs are of.");
            RuleFor(a => a.Pairs!.PairIds).Must(ids => ids is null or { Count: > 0 and <= FromPairs.MostPairs }).OverridePropertyName("pairs.pair_ids").WithMessage($"pairs.pair_ids may have 1 to {FromPairs.MostPairs} entries; leave it out for all pairs.");
            RuleFor(a => a.Pairs!.Expected).Must(e => e is "source" or "target" or "none").OverridePropertyName("pairs.expected").WithMessage("pairs.expected must be 'source', 'target' or 'none'.");
        });
    }
}

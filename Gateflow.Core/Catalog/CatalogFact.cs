using System.Globalization;
using System.Text.Json.Nodes;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Gateflow.Core.Catalog;

/// <summary>One fact that replaces what ships with the product, or is known of a model that does not.</summary>
public sealed class CatalogFact
{
    /// <summary>The day in <see cref="ValidFrom"/> of what has always held.</summary>
    public const string Always = "";

    /// <summary>"fact_…".</summary>
    public required string Id { get; init; }

    /// <summary>The catalog's name of the provider.</summary>
    public required string Provider { get; init; }

    public required string Model { get; init; }

    /// <summary>A name of <see cref="FactFields"/>, or <see cref="PriceFact.Name"/>.</summary>
    public required string Field { get; init; }

    /// <summary>Of prices the first day, "2026-12-01"; else <see cref="Always"/>.</summary>
    public string ValidFrom { get; init; } = Always;

    /// <summary>JSON; "null" is "none", which also replaces.</summary>
    public required string Value { get; set; }

    public required FactOrigin Origin { get; set; }

    /// <summary>The file, the provider, or what the person wrote beside it.</summary>
    public required string Source { get; set; }

    public required DateTimeOffset At { get; set; }

    public required string By { get; set; }

    public string? ImportId { get; set; }

    internal FactSource From => new(Origin, Source, At, By) { ImportId = ImportId };

    internal JsonNode? Json => JsonNode.Parse(Value);

    internal DateOnly? FirstDay => ValidFrom.Length == 0 ? null : DateOnly.ParseExact(ValidFrom, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static string Day(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? Always;
}

internal sealed class CatalogFactConfiguration : IEntityTypeConfiguration<CatalogFact>
{
    public void Configure(EntityTypeBuilder<CatalogFact> builder)
    {
        builder.Property(f => f.Id).HasMaxLength(40);
        builder.Property(f => f.Provider).HasMaxLength(ModelIds.LongestProvider);
        builder.Property(f => f.Model).HasMaxLength(ModelIds.LongestModel);
        builder.Property(f => f.Field).HasMaxLength(40);
        builder.Property(f => f.ValidFrom).HasMaxLength(10);
        builder.Property(f => f.Source).HasMaxLength(400);
        builder.Property(f => f.By).HasMaxLength(200);
        builder.Property(f => f.ImportId).HasMaxLength(40);
        builder.HasIndex(f => new { f.Provider, f.Model, f.Field, f.ValidFrom }).IsUnique();
        builder.Ignore(f => f.From).Ignore(f => f.Json).Ignore(f => f.FirstDay);
    }
}

using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Gateflow.Core.Features;

/// <summary>
/// A part of the customer's product that uses models. Requests belong to it by the header x-gateflow-feature or by their key; which keys
/// those are stands with the keys. Usage is recorded under the name, so it does not change.
/// </summary>
public sealed class Feature : IVersioned
{
    public const int LongestName = 100;
    public const int LongestOwner = 200;
    public const int LongestDescription = 1000;

    /// <summary>"feat_…".</summary>
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>A person or team to ask.</summary>
    public string? Owner { get; set; }

    public string? Description { get; set; }

    /// <summary>What it may cost a calendar month (UTC), USD, before somebody is told; null for no budget. Nothing is refused.</summary>
    public decimal? MonthlyBudgetUsd { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    public Guid Version { get; set; }
}

internal sealed class FeatureConfiguration : IEntityTypeConfiguration<Feature>
{
    public void Configure(EntityTypeBuilder<Feature> builder)
    {
        builder.Property(f => f.Id).HasMaxLength(40);
        builder.Property(f => f.Name).HasMaxLength(Feature.LongestName);
        builder.Property(f => f.Owner).HasMaxLength(Feature.LongestOwner);
        builder.Property(f => f.Description).HasMaxLength(Feature.LongestDescription);
        builder.Property(f => f.CreatedBy).HasMaxLength(200);
        builder.Property(f => f.Version).IsConcurrencyToken();
        builder.HasIndex(f => f.Name).IsUnique();
    }
}

using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Gateflow.Core.Plans;

/// <summary>
/// The umbrella over all migrations that replace one retiring model. It holds what people decided; who is concerned and how far it is follows
/// from usage and migrations. A model has one plan at most.
/// </summary>
public sealed class Plan : IVersioned
{
    public const int LongestName = 200;
    public const int LongestOwner = 200;
    public const int LongestNote = 2000;

    /// <summary>"plan_…".</summary>
    public required string Id { get; init; }

    /// <summary>The model that is to be replaced, as migrations name it.</summary>
    public required string Model { get; init; }

    public string? Name { get; set; }

    /// <summary>The day by which nothing may depend on the model any more; null for the catalog's date.</summary>
    public DateOnly? Deadline { get; set; }

    /// <summary>A person or team to ask.</summary>
    public string? Owner { get; set; }

    public string? Note { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    public DateTimeOffset? UpdatedAt { get; set; }

    public Guid Version { get; set; }
}

internal sealed class PlanConfiguration : IEntityTypeConfiguration<Plan>
{
    public void Configure(EntityTypeBuilder<Plan> builder)
    {
        builder.Property(p => p.Id).HasMaxLength(40);
        builder.Property(p => p.Model).HasMaxLength(200);
        builder.Property(p => p.Name).HasMaxLength(Plan.LongestName);
        builder.Property(p => p.Owner).HasMaxLength(Plan.LongestOwner);
        builder.Property(p => p.Note).HasMaxLength(Plan.LongestNote);
        builder.Property(p => p.CreatedBy).HasMaxLength(200);
        builder.Property(p => p.Version).IsConcurrencyToken();
        builder.HasIndex(p => p.Model).IsUnique();
    }
}

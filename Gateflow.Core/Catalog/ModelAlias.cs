using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Gateflow.Core.Catalog;

/// <summary>A name of the customer's own for a model: requests may ask for it.</summary>
public sealed class ModelAlias : IVersioned
{
    /// <summary>"alias_…".</summary>
    public required string Id { get; init; }

    /// <summary>What requests ask for; exact, as ids are.</summary>
    public required string Alias { get; init; }

    /// <summary>Id of a known model, or "provider/id".</summary>
    public required string Model { get; set; }

    /// <summary>What it is for; null for nothing.</summary>
    public string? Note { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    public DateTimeOffset? UpdatedAt { get; set; }

    public string? UpdatedBy { get; set; }

    public Guid Version { get; set; }
}

internal sealed class ModelAliasConfiguration : IEntityTypeConfiguration<ModelAlias>
{
    public void Configure(EntityTypeBuilder<ModelAlias> builder)
    {
        builder.Property(a => a.Id).HasMaxLength(40);
        builder.Property(a => a.Alias).HasMaxLength(ModelIds.LongestModel);
        builder.Property(a => a.Model).HasMaxLength(ModelIds.LongestModel + ModelIds.LongestProvider + 1);
        builder.Property(a => a.Note).HasMaxLength(400);
        builder.Property(a => a.CreatedBy).HasMaxLength(200);
        builder.Property(a => a.UpdatedBy).HasMaxLength(200);
        builder.Property(a => a.Version).IsConcurrencyToken();
        builder.HasIndex(a => a.Alias).IsUnique();
    }
}

using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Gateflow.Core.Fleet;

/// <summary>A node that has ever used the database.</summary>
public sealed class NodeRow
{
    public required string Name { get; init; }

    /// <summary>From 1 in the order of their first start; never given twice, because it says which part of α the node's own brake may spend.</summary>
    public required int Ordinal { get; init; }

    /// <summary>Its roles, as configured.</summary>
    public required string Roles { get; set; }

    /// <summary>Last sign of life, by the database's clock.</summary>
    public DateTimeOffset SeenAt { get; set; }
}

internal sealed class NodeRowConfiguration : IEntityTypeConfiguration<NodeRow>
{
    public void Configure(EntityTypeBuilder<NodeRow> builder)
    {
        builder.ToTable("Nodes");
        builder.HasKey(n => n.Name);
        builder.Property(n => n.Name).HasMaxLength(100);
        builder.Property(n => n.Roles).HasMaxLength(100);
        builder.HasIndex(n => n.Ordinal).IsUnique();
    }
}

using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Gateflow.Core.Fleet;

/// <summary>Who does a piece of work that one node does for all.</summary>
public sealed class LeaseRow
{
    public required string Name { get; init; }

    public required string Holder { get; set; }

    /// <summary>Grows while the holder lives.</summary>
    public long Beat { get; set; }
}

internal sealed class LeaseRowConfiguration : IEntityTypeConfiguration<LeaseRow>
{
    public void Configure(EntityTypeBuilder<LeaseRow> builder)
    {
        builder.ToTable("Leases");
        builder.HasKey(l => l.Name);
        builder.Property(l => l.Name).HasMaxLength(40);
        builder.Property(l => l.Holder).HasMaxLength(100);
    }
}

using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Gateflow.Core.Shadow;

/// <summary>What became of one migration's copies on one node, written each second. The node alone writes its row.</summary>
public sealed class ShadowRow
{
    public required string MigrationId { get; init; }

    public required string Node { get; init; }

    public required ShadowCounts Counts { get; set; }

    /// <summary><see cref="ShadowCounts.Cost"/> once more, for sums over nodes.</summary>
    public decimal Cost { get; set; }
}

internal sealed class ShadowRowConfiguration : IEntityTypeConfiguration<ShadowRow>
{
    public void Configure(EntityTypeBuilder<ShadowRow> builder)
    {
        builder.HasKey(s => new { s.MigrationId, s.Node });
        builder.Property(s => s.MigrationId).HasMaxLength(40);
        builder.Property(s => s.Node).HasMaxLength(100);
        builder.Property(s => s.Counts).HasJson();
    }
}

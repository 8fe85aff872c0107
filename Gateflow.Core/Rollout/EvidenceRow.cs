using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Gateflow.Core.Rollout;

/// <summary>The judge's state of one migration on one node, written each second so that a kill loses no more than that.</summary>
public sealed class EvidenceRow
{
    public required string MigrationId { get; init; }

    public required string Node { get; init; }

    /// <summary>Outcomes folded so far.</summary>
    public long Sequence { get; set; }

    /// <summary>The judge's state, JSON.</summary>
    public required string State { get; set; }

    public DateTimeOffset At { get; set; }
}

internal sealed class EvidenceRowConfiguration : IEntityTypeConfiguration<EvidenceRow>
{
    public void Configure(EntityTypeBuilder<EvidenceRow> builder)
    {
        builder.HasKey(e => new { e.MigrationId, e.Node });
        builder.Property(e => e.MigrationId).HasMaxLength(40);
        builder.Property(e => e.Node).HasMaxLength(100);
    }
}

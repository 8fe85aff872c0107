using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Gateflow.Core.Rollout;

/// <summary>
/// The judge's state of one migration on one node, written each second so that a kill loses no more than that; where several nodes share the
/// database also the fleet's, under the node name <see cref="Fleet"/>.
/// </summary>
public sealed class EvidenceRow
{
    /// <summary>Stands for all nodes together; no node may be called so.</summary>
    public const string Fleet = "*";

    public required string MigrationId { get; init; }

    public required string Node { get; init; }

    /// <summary>Outcomes folded so far. Two writers cannot start from the same count.</summary>
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
        builder.Property(e => e.Sequence).IsConcurrencyToken();
    }
}

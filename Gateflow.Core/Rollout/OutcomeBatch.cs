using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Gateflow.Core.Rollout;

/// <summary>Outcomes of one node, in their order, on their way into the fleet's test; the row goes when they are folded.</summary>
public sealed class OutcomeBatch
{
    public long Id { get; init; }

    public required string MigrationId { get; init; }

    public required string Node { get; init; }

    /// <summary>The step that ran on the node.</summary>
    public required int Step { get; init; }

    /// <summary>Its weight, percent.</summary>
    public required double Weight { get; init; }

    /// <summary>Packed by <see cref="OutcomePacking"/>.</summary>
    public required byte[] Outcomes { get; init; }

    /// <summary>The breach of the node's own test, JSON, with the first batch after it; else null.</summary>
    public string? Breach { get; init; }
}

internal sealed class OutcomeBatchConfiguration : IEntityTypeConfiguration<OutcomeBatch>
{
    public void Configure(EntityTypeBuilder<OutcomeBatch> builder)
    {
        builder.ToTable("OutcomeBatches");
        builder.Property(b => b.MigrationId).HasMaxLength(40);
        builder.Property(b => b.Node).HasMaxLength(100);
        builder.HasIndex(b => new { b.MigrationId, b.Id });
    }
}

using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Gateflow.Core.Usage;

/// <summary>One hour of one node, model, answering model, feature and key: what every analysis reads. Its cost grows with hours × series, never with requests.</summary>
public sealed class UsageRollup : RollupFigures
{
    public long Id { get; init; }

    /// <summary>Start of the hour, UTC.</summary>
    public required DateTimeOffset Hour { get; init; }

    public required string Node { get; init; }

    /// <summary>The model that was asked for, after aliases.</summary>
    public required string Model { get; init; }

    /// <summary>The model that answered; empty when none did.</summary>
    public required string ServedModel { get; init; }

    /// <summary>Empty when unknown.</summary>
    public required string Feature { get; init; }

    public required string KeyId { get; init; }

    /// <summary>True for the synthetic month of the demo and its traffic.</summary>
    public bool Demo { get; init; }
}

internal sealed class UsageRollupConfiguration : IEntityTypeConfiguration<UsageRollup>
{
    public void Configure(EntityTypeBuilder<UsageRollup> builder)
    {
        builder.Property(r => r.Node).HasMaxLength(100);
        builder.Property(r => r.Model).HasMaxLength(200);
        builder.Property(r => r.ServedModel).HasMaxLength(200);
        builder.Property(r => r.Feature).HasMaxLength(100);
        builder.Property(r => r.KeyId).HasMaxLength(40);
        builder.HasIndex(r => new { r.Model, r.Hour });
        builder.HasIndex(r => new { r.Hour, r.Node, r.Model, r.ServedModel, r.Feature, r.KeyId }).IsUnique();
    }
}

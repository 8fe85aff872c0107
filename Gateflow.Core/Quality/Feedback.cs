using Gateflow.Core.Rollout;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Gateflow.Core.Quality;

/// <summary>What a user said of one answer. A comment is not kept: it may quote the prompt, and nothing here needs it.</summary>
public sealed class Feedback
{
    /// <summary>The request; each counts once.</summary>
    public required string RequestId { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string KeyId { get; init; }

    /// <summary>The migration that the request was part of; null when it was of none, or another model answered for its arm.</summary>
    public string? MigrationId { get; init; }

    public Arm Arm { get; init; }

    /// <summary>[0, 1], 1 the best.</summary>
    public required double Score { get; init; }
}

internal sealed class FeedbackConfiguration : IEntityTypeConfiguration<Feedback>
{
    public void Configure(EntityTypeBuilder<Feedback> builder)
    {
        builder.HasKey(f => f.RequestId);
        builder.Property(f => f.RequestId).HasMaxLength(40);
        builder.Property(f => f.KeyId).HasMaxLength(40);
        builder.Property(f => f.MigrationId).HasMaxLength(40);
        builder.HasIndex(f => new { f.MigrationId, f.Arm });
        builder.HasIndex(f => f.At);
    }
}

using Gateflow.Core.Rollout;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Gateflow.Core.Usage;

/// <summary>
/// A stretch of one node, migration and arm: what charts read, never decisions. Each request stands in one window of every length of
/// <see cref="WindowKey.Lengths"/>, so that the long view of a long migration costs no more than that of a short one.
/// </summary>
public sealed class ArmWindow
{
    public long Id { get; init; }

    /// <summary>Start of the window, UTC, a whole multiple of its length; the epoch in the window of a whole life.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Length: 10, 300 or 3,600 s; 0 for the migration's whole life.</summary>
    public int Seconds { get; init; } = WindowKey.Fine;

    public required string Node { get; init; }

    public required string MigrationId { get; init; }

    public required Arm Arm { get; init; }

    /// <summary>Percentage of traffic configured on the target when the window was last written.</summary>
    public double Weight { get; set; }

    public long Requests { get; set; }

    public long Successes { get; set; }

    /// <summary>The arm's own failures: target_failure, source_failure, broken_stream.</summary>
    public long Failures { get; set; }

    /// <summary>The part of <see cref="Failures"/> that broke off after its first byte.</summary>
    public long BrokenStreams { get; set; }

    public long OutageBoth { get; set; }

    public long ClientFaults { get; set; }

    public long RateLimited { get; set; }

    public long Cancelled { get; set; }

    public long Policy { get; set; }

    /// <summary>Requests of the target arm that the source answered.</summary>
    public long Fallbacks { get; set; }

    public long InputTokens { get; set; }

    public long OutputTokens { get; set; }

    public decimal Cost { get; set; }

    public long UnpricedRequests { get; set; }

    public double QualitySum { get; set; }

    public long QualityCount { get; set; }

    /// <summary>Parts of the answers' quality, packed <see cref="Quality.PartSums"/>.</summary>
    public byte[] QualityParts { get; set; } = [];

    /// <summary>Latency of the arm's own successes, milliseconds, packed.</summary>
    public byte[] LatencyHistogram { get; set; } = [];
}

internal sealed class ArmWindowConfiguration : IEntityTypeConfiguration<ArmWindow>
{
    public void Configure(EntityTypeBuilder<ArmWindow> builder)
    {
        builder.Property(w => w.Node).HasMaxLength(100);
        builder.Property(w => w.MigrationId).HasMaxLength(40);
        builder.HasIndex(w => new { w.MigrationId, w.Seconds, w.At, w.Node, w.Arm }).IsUnique();
    }
}

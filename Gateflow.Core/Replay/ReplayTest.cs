using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Gateflow.Core.Replay;

/// <summary>One run of recent production, or of a dataset, through source and target.</summary>
public sealed class ReplayTest
{
    /// <summary>"test_…".</summary>
    public required string Id { get; init; }

    public required string MigrationId { get; init; }

    public required string SourceModel { get; init; }

    public required string TargetModel { get; init; }

    public required int Requested { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; set; }

    public ReplayStatus Status { get; set; }

    /// <summary>Pairs done, whether they worked or not.</summary>
    public int Done { get; set; }

    /// <summary>Pairs that will be run: fewer than requested when fewer samples exist.</summary>
    public int Planned { get; set; }

    /// <summary>Most that the run may cost, USD; null for no cap.</summary>
    public decimal? MaxCost { get; init; }

    public ReplaySetup Setup { get; init; } = new();

    /// <summary>Node that runs it: what it left running when it died is marked as failed.</summary>
    public required string Node { get; init; }

    public ReplayResults? Results
    {
        get;
        set
        {
            field = value;
            Recommendation = value?.Recommendation;
        }
    }

    /// <summary>That of the results, so that tests can be found by it.</summary>
    public ReplayRecommendation? Recommendation { get; private set; }

    /// <summary>Who started it.</summary>
    public string CreatedBy { get; init; } = "";

    /// <summary>Why it failed or ended early.</summary>
    public string? Error { get; set; }
}

/// <summary>Where a replay stands.</summary>
public enum ReplayStatus
{
    Running,
    Completed,
    Cancelled,
    Failed,
}

internal sealed class ReplayTestConfiguration : IEntityTypeConfiguration<ReplayTest>
{
    public void Configure(EntityTypeBuilder<ReplayTest> builder)
    {
        builder.Property(t => t.Id).HasMaxLength(40);
        builder.Property(t => t.MigrationId).HasMaxLength(40);
        builder.Property(t => t.SourceModel).HasMaxLength(200);
        builder.Property(t => t.TargetModel).HasMaxLength(200);
        builder.Property(t => t.Node).HasMaxLength(200);
        builder.Property(t => t.CreatedBy).HasMaxLength(200);
        builder.Property(t => t.Setup).HasJson();
        builder.Property(t => t.Results).HasJson();
        builder.HasIndex(t => t.MigrationId);
    }
}

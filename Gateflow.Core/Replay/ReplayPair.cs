using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Gateflow.Core.Replay;

/// <summary>One stored request answered by both models. Texts are encrypted.</summary>
public sealed class ReplayPair
{
    /// <summary>"pair_…".</summary>
    public required string Id { get; init; }

    public required string TestId { get; init; }

    public required string SampleId { get; init; }

    /// <summary>The last user message, encrypted.</summary>
    public byte[]? Prompt { get; init; }

    public byte[]? SourceText { get; init; }

    public byte[]? TargetText { get; init; }

    public double? SourceLatencyMs { get; init; }

    public double? TargetLatencyMs { get; init; }

    public decimal? SourceCost { get; init; }

    public decimal? TargetCost { get; init; }

    /// <summary>Similarity of the two texts in [0, 1].</summary>
    public double? Similarity { get; init; }

    /// <summary>True when both have the format that was demanded; null when none was.</summary>
    public bool? FormatMatch { get; init; }

    public string? SourceError { get; init; }

    public string? TargetError { get; init; }

    /// <summary>A person's word: better, same or worse.</summary>
    public string? Rating { get; set; }
}

internal sealed class ReplayPairConfiguration : IEntityTypeConfiguration<ReplayPair>
{
    public void Configure(EntityTypeBuilder<ReplayPair> builder)
    {
        builder.Property(p => p.Id).HasMaxLength(40);
        builder.Property(p => p.TestId).HasMaxLength(40);
        builder.Property(p => p.SampleId).HasMaxLength(40);
        builder.Property(p => p.Rating).HasMaxLength(10);
        builder.HasIndex(p => p.TestId);
        builder.HasOne<ReplayTest>().WithMany().HasForeignKey(p => p.TestId);
    }
}

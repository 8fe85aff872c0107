using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Gateflow.Core.Replay;

/// <summary>One stored request answered by both models. Texts are encrypted.</summary>
public sealed class ReplayPair
{
    /// <summary>"pair_…".</summary>
    public required string Id { get; init; }

    public required string TestId { get; init; }

    /// <summary>The sample, or the dataset's item, that it was made of.</summary>
    public required string SampleId { get; init; }

    /// <summary>SHA-256 of the stored request's body: what the test rests on can be proved after the sample is deleted.</summary>
    public byte[]? SampleHash { get; init; }

    public string? Feature { get; init; }

    /// <summary>The last user message, encrypted.</summary>
    public byte[]? Prompt { get; init; }

    public byte[]? SourceText { get; init; }

    public byte[]? TargetText { get; init; }

    /// <summary>The tools that the side wants called, as JSON, encrypted; null when it calls none.</summary>
    public byte[]? SourceCalls { get; init; }

    public byte[]? TargetCalls { get; init; }

    public double? SourceLatencyMs { get; init; }

    public double? TargetLatencyMs { get; init; }

    public decimal? SourceCost { get; init; }

    public decimal? TargetCost { get; init; }

    public int? SourceTokens { get; init; }

    public int? TargetTokens { get; init; }

    /// <summary>Similarity of the two texts in [0, 1]; null until the run is over, and when a side did not answer.</summary>
    public double? Similarity { get; set; }

    /// <summary>True when both answers have the same form, and the form demanded where one was; null as for similarity.</summary>
    public bool? FormatMatch { get; set; }

    public string? SourceError { get; init; }

    public string? TargetError { get; init; }

    /// <summary>Similarity of the tool calls' arguments in [0, 1]; null when neither side calls a tool.</summary>
    public double? ToolMatch { get; set; }

    /// <summary>The judge's word; null without one.</summary>
    public JudgeWord? Judged { get; set; }

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
        builder.Property(p => p.SampleHash).HasMaxLength(32);
        builder.Property(p => p.Rating).HasMaxLength(10);
        builder.Property(p => p.Feature).HasMaxLength(100);
        builder.HasIndex(p => new { p.TestId, p.Similarity });
        builder.HasOne<ReplayTest>().WithMany().HasForeignKey(p => p.TestId);
    }
}

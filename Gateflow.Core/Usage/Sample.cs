using Gateflow.Core.Catalog;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Gateflow.Core.Usage;

/// <summary>A stored request, and its answer when it was not streamed, for replay. Bodies are encrypted.</summary>
public sealed class Sample
{
    public required string Id { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>The model that was asked for, after aliases.</summary>
    public required string Model { get; init; }

    public string? Feature { get; init; }

    public Capabilities Capabilities { get; init; }

    public int InputTokens { get; init; }

    public int OutputTokens { get; init; }

    /// <summary>The model that answered.</summary>
    public required string ServedModel { get; init; }

    public double LatencyMs { get; init; }

    /// <summary>SHA-256 of the request's body as it is stored: it proves in an evidence pack what was sent.</summary>
    public required byte[] BodyHash { get; init; }

    /// <summary><see cref="Usage.QuestionHash"/> of that body: the same question is kept once a model, as it was first asked.</summary>
    public required byte[] QuestionHash { get; init; }

    /// <summary>The request's body, encrypted.</summary>
    public required byte[] Request { get; init; }

    /// <summary>The answer's body, encrypted; null for streams.</summary>
    public byte[]? Response { get; init; }

    public bool Demo { get; init; }
}

internal sealed class SampleConfiguration : IEntityTypeConfiguration<Sample>
{
    public void Configure(EntityTypeBuilder<Sample> builder)
    {
        builder.Property(s => s.Id).HasMaxLength(40);
        builder.Property(s => s.Model).HasMaxLength(200);
        builder.Property(s => s.ServedModel).HasMaxLength(200);
        builder.Property(s => s.Feature).HasMaxLength(100);
        builder.Property(s => s.BodyHash).HasMaxLength(32);
        builder.Property(s => s.QuestionHash).HasMaxLength(32);
        builder.Property(s => s.Capabilities).HasConversion<long>();
        builder.HasIndex(s => new { s.Model, s.At });
        builder.HasIndex(s => new { s.Model, s.QuestionHash }).IsUnique();
    }
}

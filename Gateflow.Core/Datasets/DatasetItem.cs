using Gateflow.Core.Catalog;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Gateflow.Core.Datasets;

/// <summary>One request of a dataset. Its texts are encrypted like those of samples; it stays until somebody deletes it.</summary>
public sealed class DatasetItem
{
    /// <summary>"item_…".</summary>
    public required string Id { get; init; }

    public required string DatasetId { get; init; }

    /// <summary>Order within the set.</summary>
    public required int Position { get; init; }

    public required DateTimeOffset At { get; init; }

    public required ItemOrigin Origin { get; init; }

    /// <summary>The sample or pair that it was made of; null for what people brought.</summary>
    public string? OriginId { get; init; }

    public string? Feature { get; init; }

    public Capabilities Capabilities { get; init; }

    /// <summary>Estimated.</summary>
    public int InputTokens { get; init; }

    /// <summary>Of the answer that was recorded; 0 when unknown.</summary>
    public int OutputTokens { get; init; }

    /// <summary>SHA-256 of the request's body: the same body stands once in a set.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>A chat completion's request, encrypted.</summary>
    public required byte[] Request { get; init; }

    /// <summary>The answer expected, encrypted; null for none.</summary>
    public byte[]? Expected { get; set; }
}

/// <summary>Where an item comes from.</summary>
public enum ItemOrigin
{
    /// <summary>Typed or sent by somebody.</summary>
    Added,

    /// <summary>A line of a file.</summary>
    Upload,

    /// <summary>A stored request of production.</summary>
    Sample,

    /// <summary>A pair of a replay.</summary>
    Pair,
}

internal sealed class DatasetItemConfiguration : IEntityTypeConfiguration<DatasetItem>
{
    public void Configure(EntityTypeBuilder<DatasetItem> builder)
    {
        builder.Property(i => i.Id).HasMaxLength(40);
        builder.Property(i => i.DatasetId).HasMaxLength(40);
        builder.Property(i => i.OriginId).HasMaxLength(40);
        builder.Property(i => i.Feature).HasMaxLength(100);
        builder.Property(i => i.Hash).HasMaxLength(32);
        builder.Property(i => i.Capabilities).HasConversion<long>();
        builder.HasIndex(i => new { i.DatasetId, i.Position });
        builder.HasIndex(i => new { i.DatasetId, i.Hash }).IsUnique();
        builder.HasOne<Dataset>().WithMany().HasForeignKey(i => i.DatasetId);
    }
}

using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Gateflow.Core.Datasets;

/// <summary>A named set of requests, each perhaps with the answer expected, that models are run over again and again.</summary>
public sealed class Dataset : IVersioned
{
    public const int LongestName = 200;
    public const int LongestDescription = 1000;

    /// <summary>Requests in one set.</summary>
    public const int MostItems = 10_000;

    /// <summary>"ds_…".</summary>
    public required string Id { get; init; }

    public required string Name { get; set; }

    public string? Description { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    public DateTimeOffset? UpdatedAt { get; set; }

    public Guid Version { get; set; }
}

internal sealed class DatasetConfiguration : IEntityTypeConfiguration<Dataset>
{
    public void Configure(EntityTypeBuilder<Dataset> builder)
    {
        builder.Property(d => d.Id).HasMaxLength(40);
        builder.Property(d => d.Name).HasMaxLength(Dataset.LongestName);
        builder.Property(d => d.Description).HasMaxLength(Dataset.LongestDescription);
        builder.Property(d => d.CreatedBy).HasMaxLength(200);
        builder.Property(d => d.Version).IsConcurrencyToken();
        builder.HasIndex(d => d.Name).IsUnique();
    }
}

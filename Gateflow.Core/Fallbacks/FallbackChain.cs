using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Gateflow.Core.Fallbacks;

/// <summary>An ordered list of models that answer when another cannot. At most one a primary model.</summary>
public sealed class FallbackChain : IVersioned
{
    /// <summary>"chain_…".</summary>
    public required string Id { get; init; }

    /// <summary>Kept beside <see cref="Config"/> for the index: there is one chain a model.</summary>
    public required string Primary { get; set; }

    public required ChainConfig Config { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    public DateTimeOffset? UpdatedAt { get; set; }

    public Guid Version { get; set; }
}

internal sealed class FallbackChainConfiguration : IEntityTypeConfiguration<FallbackChain>
{
    public void Configure(EntityTypeBuilder<FallbackChain> builder)
    {
        builder.Property(c => c.Id).HasMaxLength(40);
        builder.Property(c => c.Primary).HasMaxLength(200);
        builder.Property(c => c.CreatedBy).HasMaxLength(200);
        builder.Property(c => c.Config).HasJson();
        builder.Property(c => c.Version).IsConcurrencyToken();
        builder.HasIndex(c => c.Primary).IsUnique();
    }
}

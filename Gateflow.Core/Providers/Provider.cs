using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Gateflow.Core.Providers;

/// <summary>A provider that was entered by API or page. Those of the configuration are in no table.</summary>
public sealed class Provider : IVersioned
{
    /// <summary>"prov_…".</summary>
    public required string Id { get; init; }

    /// <summary>Stands in "name/model", in the log and in metrics; no two providers share one, whatever their case.</summary>
    public required string Name { get; set; }

    public required ProviderType Type { get; init; }

    public required ProviderConfig Config { get; set; }

    /// <summary><see cref="ProviderSecrets"/> as JSON, encrypted; null when the provider wants none.</summary>
    public byte[]? Secrets { get; set; }

    /// <summary>By the secret's wire name: what people recognise it by.</summary>
    public IReadOnlyDictionary<string, SecretHint> Hints { get; set; } = new Dictionary<string, SecretHint>();

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    public DateTimeOffset? UpdatedAt { get; set; }

    public string? UpdatedBy { get; set; }

    public Guid Version { get; set; }
}

internal sealed class ProviderConfiguration : IEntityTypeConfiguration<Provider>
{
    public void Configure(EntityTypeBuilder<Provider> builder)
    {
        builder.Property(p => p.Id).HasMaxLength(40);
        builder.Property(p => p.Name).HasMaxLength(64);
        builder.Property(p => p.CreatedBy).HasMaxLength(200);
        builder.Property(p => p.UpdatedBy).HasMaxLength(200);
        builder.Property(p => p.Config).HasJson();
        builder.Property(p => p.Hints).HasJson();
        builder.Property(p => p.Version).IsConcurrencyToken();
        builder.HasIndex(p => p.Name).IsUnique();
    }
}

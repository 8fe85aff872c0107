using Gateflow.Core.Limits;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Gateflow.Core.Access;

/// <summary>A key of an application or a person, as stored: the secret itself is shown once and only its hash kept.</summary>
public sealed class ApiKey : IVersioned
{
    /// <summary>"key_…".</summary>
    public required string Id { get; init; }

    public required string Name { get; set; }

    public required KeyType Type { get; init; }

    public required Role Role { get; init; }

    /// <summary>SHA-256 of the secret, 32 bytes.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>The first characters of the secret, for people to recognise it.</summary>
    public required string Prefix { get; init; }

    public required string Last4 { get; init; }

    public string? Feature { get; set; }

    public IReadOnlyList<string> AllowedModels { get; set; } = [];

    /// <summary>How much it may ask for.</summary>
    public KeyLimits RateLimits { get; set; } = KeyLimits.None;

    /// <summary>Addresses and networks that it may be used from; empty for all.</summary>
    public IReadOnlyList<string> AllowedIps { get; set; } = [];

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    public DateTimeOffset? LastUsedAt { get; set; }

    public DateTimeOffset? ExpiresAt { get; set; }

    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>True for the keys of the demo.</summary>
    public bool Demo { get; init; }

    public Guid Version { get; set; }
}

internal sealed class ApiKeyConfiguration : IEntityTypeConfiguration<ApiKey>
{
    public void Configure(EntityTypeBuilder<ApiKey> builder)
    {
        builder.Property(k => k.Id).HasMaxLength(40);
        builder.Property(k => k.Name).HasMaxLength(200);
        builder.Property(k => k.Hash).HasMaxLength(32);
        builder.Property(k => k.Prefix).HasMaxLength(20);
        builder.Property(k => k.Last4).HasMaxLength(4);
        builder.Property(k => k.Feature).HasMaxLength(100);
        builder.Property(k => k.CreatedBy).HasMaxLength(200);
        builder.Property(k => k.AllowedModels).HasJson();
        builder.Property(k => k.RateLimits).HasJson();
        builder.Property(k => k.AllowedIps).HasJson();
        builder.Property(k => k.Version).IsConcurrencyToken();
        builder.HasIndex(k => k.Hash).IsUnique();
    }
}

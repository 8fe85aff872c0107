using Gateflow.Core.Access;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Gateflow.Core.Members;

/// <summary>A person who works with the dashboard.</summary>
public sealed class Member : IVersioned
{
    /// <summary>What ids of members begin with.</summary>
    public const string IdPrefix = "mbr";

    public const int LongestName = 100;

    /// <summary>As RFC 5321 bounds addresses.</summary>
    public const int LongestEmail = 254;

    /// <summary>"mbr_…".</summary>
    public required string Id { get; init; }

    /// <summary>The actor that events and the audit log name; no two members share one.</summary>
    public required string Name { get; set; }

    /// <summary>What they sign in with, in lower case.</summary>
    public required string Email { get; set; }

    /// <summary>Viewer, operator or admin.</summary>
    public required Role Role { get; set; }

    /// <summary>Hash of the password by ASP.NET Core's PasswordHasher; null until the invitation was taken.</summary>
    public string? PasswordHash { get; set; }

    /// <summary>SHA-256 of the one-time link's token; null when no link stands.</summary>
    public byte[]? InviteHash { get; set; }

    public DateTimeOffset? InviteUntil { get; set; }

    /// <summary>Sessions carry it; those with another value are over.</summary>
    public Guid Session { get; set; }

    public bool Disabled { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    public Guid Version { get; set; }

    /// <summary>True when they can sign in.</summary>
    public bool IsActive => !Disabled && PasswordHash is not null;
}

internal sealed class MemberConfiguration : IEntityTypeConfiguration<Member>
{
    public void Configure(EntityTypeBuilder<Member> builder)
    {
        builder.Property(m => m.Id).HasMaxLength(40);
        builder.Property(m => m.Name).HasMaxLength(Member.LongestName);
        builder.Property(m => m.Email).HasMaxLength(Member.LongestEmail);
        builder.Property(m => m.PasswordHash).HasMaxLength(200);
        builder.Property(m => m.InviteHash).HasMaxLength(32);
        builder.Property(m => m.CreatedBy).HasMaxLength(200);
        builder.Property(m => m.Version).IsConcurrencyToken();
        builder.Ignore(m => m.IsActive);
        builder.HasIndex(m => m.Name).IsUnique();
        builder.HasIndex(m => m.Email).IsUnique();
        builder.HasIndex(m => m.InviteHash);
    }
}

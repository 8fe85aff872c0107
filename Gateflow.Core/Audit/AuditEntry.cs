using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Gateflow.Core.Audit;

/// <summary>One change that somebody made: a link of the chain that <see cref="AuditChain"/> describes. Never changed, never deleted.</summary>
public sealed class AuditEntry
{
    /// <summary>1, 2, 3 …, without gaps.</summary>
    public required long Sequence { get; init; }

    /// <summary>To the millisecond, so that every database gives back what was hashed.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Name of the member or key, as events have it.</summary>
    public required string Actor { get; init; }

    /// <summary>"mbr_…" or "key_…"; names may change, this does not.</summary>
    public string? ActorId { get; init; }

    public required AuditChannel Channel { get; init; }

    /// <summary>What was done to what: "api_key.update", "migration.started".</summary>
    public required string Action { get; init; }

    /// <summary>Id of what it was done to; empty where it has none.</summary>
    public required string Target { get; init; }

    /// <summary>Names of the fields that changed, "rate_limits.rpm"; never their values.</summary>
    public IReadOnlyList<string> Fields { get; init; } = [];

    /// <summary>Hash of the entry before, 64 hexadecimal digits; zeros for the first.</summary>
    public required string PreviousHash { get; init; }

    /// <summary>Hash of this entry, 64 hexadecimal digits.</summary>
    public string Hash { get; internal set; } = "";
}

/// <summary>How a change came in.</summary>
public enum AuditChannel
{
    /// <summary>By the management API.</summary>
    Api,

    /// <summary>By a page of the dashboard.</summary>
    Page,

    /// <summary>By signing in, or by taking an invitation.</summary>
    SignIn,
}

internal sealed class AuditEntryConfiguration : IEntityTypeConfiguration<AuditEntry>
{
    public void Configure(EntityTypeBuilder<AuditEntry> builder)
    {
        builder.HasKey(e => e.Sequence);
        builder.Property(e => e.Sequence).ValueGeneratedNever();
        builder.Property(e => e.Actor).HasMaxLength(AuditDraft.LongestName);
        builder.Property(e => e.ActorId).HasMaxLength(60);
        builder.Property(e => e.Action).HasMaxLength(AuditDraft.LongestAction);
        builder.Property(e => e.Target).HasMaxLength(AuditDraft.LongestTarget);
        builder.Property(e => e.Fields).HasJson();
        builder.Property(e => e.PreviousHash).HasMaxLength(64);
        builder.Property(e => e.Hash).HasMaxLength(64);
        builder.HasIndex(e => e.Target);
    }
}

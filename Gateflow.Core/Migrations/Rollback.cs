using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Gateflow.Core.Migrations;

/// <summary>The story of one rollback, written in its transaction: what managers review.</summary>
public sealed class Rollback
{
    public long Id { get; init; }

    public required string MigrationId { get; init; }

    public required DateTimeOffset At { get; init; }

    public required bool Automatic { get; init; }

    public required string Reason { get; init; }

    public required string Actor { get; init; }

    /// <summary>The guardrail that broke; null when a person rolled back.</summary>
    public string? Guardrail { get; init; }

    /// <summary>The evidence when it broke; its threshold beside it.</summary>
    public double? Evidence { get; init; }

    public double? Threshold { get; init; }

    /// <summary>Percentage configured on the target when it happened.</summary>
    public double TrafficAtRollback { get; init; }

    /// <summary>Target requests counted from the step's first failure to the verdict; from its start where nothing failed.</summary>
    public long? DetectionRequests { get; init; }

    /// <summary>Seconds from the first failure counted in the step, from its start where nothing failed, to the verdict; null when a person rolled back.</summary>
    public double? DetectionSeconds { get; init; }

    /// <summary>Milliseconds from the verdict, or the person's click, until no new request went to the target.</summary>
    public double? EffectMs { get; set; }

    /// <summary>What people wrote down afterwards; null without a note.</summary>
    public string? Note { get; set; }

    public string? NoteBy { get; set; }

    public DateTimeOffset? NoteAt { get; set; }
}

internal sealed class RollbackConfiguration : IEntityTypeConfiguration<Rollback>
{
    public void Configure(EntityTypeBuilder<Rollback> builder)
    {
        builder.Property(r => r.MigrationId).HasMaxLength(40);
        builder.Property(r => r.Actor).HasMaxLength(200);
        builder.Property(r => r.Guardrail).HasMaxLength(40);
        builder.Property(r => r.Note).HasMaxLength(4_000).IsConcurrencyToken();
        builder.Property(r => r.NoteBy).HasMaxLength(200);
        builder.HasIndex(r => r.At);
        builder.HasOne<Migration>().WithMany().HasForeignKey(r => r.MigrationId);
    }
}

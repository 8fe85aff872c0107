using System.Text.Json.Nodes;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Gateflow.Core.Migrations;

/// <summary>One thing that happened to a migration: who, when, what and with which numbers. Never changed, never deleted.</summary>
public sealed class MigrationEvent
{
    /// <summary>Grows with time: the id that streams resume from.</summary>
    public long Id { get; init; }

    public required string MigrationId { get; init; }

    public required MigrationEventType Type { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>The person's or key's name, or "gateflow" for the program itself.</summary>
    public required string Actor { get; init; }

    /// <summary>The numbers and reasons; its fields depend on the type.</summary>
    public JsonObject Data { get; init; } = [];
}

/// <summary>The kinds of events; the wire has them in snake_case.</summary>
public enum MigrationEventType
{
    Created,
    Analyzed,
    Recommended,
    CompatibilityChecked,
    Tested,
    Configured,
    Scheduled,
    Started,
    StepAdvanced,
    Held,
    VerdictChanged,
    Paused,
    Resumed,
    Approved,
    Promoted,
    Soaking,
    Completed,
    RolledBack,
    Cancelled,
}

internal sealed class MigrationEventConfiguration : IEntityTypeConfiguration<MigrationEvent>
{
    public void Configure(EntityTypeBuilder<MigrationEvent> builder)
    {
        builder.Property(e => e.MigrationId).HasMaxLength(40);
        builder.Property(e => e.Actor).HasMaxLength(200);
        builder.Property(e => e.Data).HasJson();
        builder.HasIndex(e => new { e.MigrationId, e.Id });
        builder.HasOne<Migration>().WithMany().HasForeignKey(e => e.MigrationId);
    }
}

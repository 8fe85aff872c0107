using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Gateflow.Core.Drills;

/// <summary>A drill that was run on a migration: what was played and what came of it.</summary>
public sealed class DrillRun
{
    /// <summary>"drill_…".</summary>
    public required string Id { get; init; }

    public required string MigrationId { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string Actor { get; init; }

    public required DrillResult Result { get; init; }
}

internal sealed class DrillRunConfiguration : IEntityTypeConfiguration<DrillRun>
{
    public void Configure(EntityTypeBuilder<DrillRun> builder)
    {
        builder.Property(d => d.Id).HasMaxLength(40);
        builder.Property(d => d.MigrationId).HasMaxLength(40);
        builder.Property(d => d.Actor).HasMaxLength(200);
        builder.Property(d => d.Result).HasJson();
        builder.HasIndex(d => new { d.MigrationId, d.Id });
        builder.HasOne<Migration>().WithMany().HasForeignKey(d => d.MigrationId);
    }
}

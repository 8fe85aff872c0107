using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Gateflow.Core.Migrations;

internal sealed class MigrationConfiguration : IEntityTypeConfiguration<Migration>
{
    public void Configure(EntityTypeBuilder<Migration> builder)
    {
        builder.Property(m => m.Id).HasMaxLength(40);
        builder.Property(m => m.Name).HasMaxLength(200);
        builder.Property(m => m.SourceModel).HasMaxLength(200);
        builder.Property(m => m.TargetModel).HasMaxLength(200);
        builder.Property(m => m.CreatedBy).HasMaxLength(200);
        builder.Property(m => m.HoldReason).HasMaxLength(40);
        builder.Property(m => m.TestId).HasMaxLength(40);
        builder.Property(m => m.Config).HasJson();
        builder.Property(m => m.ApprovedBy).HasJson();
        builder.Property(m => m.Analysis).HasJson();
        builder.Property(m => m.Recommendations).HasJson();
        builder.Property(m => m.Compatibility).HasJson();
        builder.Property(m => m.Version).IsConcurrencyToken();
        builder.Ignore(m => m.NewEvents);
        builder.Ignore(m => m.Approvals);
        builder.HasIndex(m => m.Status);
        builder.HasIndex(m => m.SourceModel);
        builder.HasIndex(m => m.CreatedAt);
    }
}

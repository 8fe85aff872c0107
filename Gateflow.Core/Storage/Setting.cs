using Gateflow.Core.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Gateflow.Core.Storage;

/// <summary>One named value of the installation, e.g. "demo.seeded".</summary>
public sealed class Setting
{
    public required string Name { get; init; }

    public required string Value { get; set; }
}

internal sealed class SettingConfiguration : IEntityTypeConfiguration<Setting>
{
    public void Configure(EntityTypeBuilder<Setting> builder)
    {
        builder.HasKey(s => s.Name);
        builder.Property(s => s.Name).HasMaxLength(100);
        builder.HasData(new Setting { Name = AuditChain.Head, Value = AuditChain.Empty });
    }
}

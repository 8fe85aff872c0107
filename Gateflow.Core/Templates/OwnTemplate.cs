using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Gateflow.Core.Templates;

/// <summary>A migration that somebody kept to begin others like it: models, strategy and limits, without what belongs to one migration alone.</summary>
public sealed class OwnTemplate : IVersioned
{
    public const int LongestName = 200;
    public const int LongestDescription = 2000;

    /// <summary>"tmpl_…".</summary>
    public required string Id { get; init; }

    public required string Name { get; init; }

    public string? Description { get; init; }

    /// <summary>The model to be replaced.</summary>
    public required string SourceModel { get; init; }

    /// <summary>What replaces it; null where it is chosen in the wizard.</summary>
    public string? TargetModel { get; init; }

    /// <summary>How the traffic moves and what rolls back; its scope is everything, and it names no date and no prompt.</summary>
    public required MigrationConfig Config { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    public Guid Version { get; set; }
}

internal sealed class OwnTemplateConfiguration : IEntityTypeConfiguration<OwnTemplate>
{
    public void Configure(EntityTypeBuilder<OwnTemplate> builder)
    {
        builder.ToTable("Templates");
        builder.Property(t => t.Id).HasMaxLength(40);
        builder.Property(t => t.Name).HasMaxLength(OwnTemplate.LongestName);
        builder.Property(t => t.Description).HasMaxLength(OwnTemplate.LongestDescription);
        builder.Property(t => t.SourceModel).HasMaxLength(200);
        builder.Property(t => t.TargetModel).HasMaxLength(200);
        builder.Property(t => t.Config).HasJson();
        builder.Property(t => t.CreatedBy).HasMaxLength(200);
        builder.Property(t => t.Version).IsConcurrencyToken();
    }
}

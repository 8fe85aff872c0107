using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Gateflow.Core.Prompts;

/// <summary>A named prompt; its texts stand in its versions, which are never changed.</summary>
public sealed class Prompt : IVersioned
{
    public const int LongestName = 100;
    public const int LongestDescription = 1000;

    /// <summary>"prompt_…".</summary>
    public required string Id { get; init; }

    /// <summary>Lower-case letters, digits, "-", "_" and "."; it does not change, since migrations name "name@version".</summary>
    public required string Name { get; init; }

    public string? Description { get; set; }

    /// <summary>Number of the newest version; the first is 1.</summary>
    public required int Latest { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    public Guid Version { get; set; }
}

/// <summary>One state of a prompt.</summary>
public sealed class PromptVersion
{
    public const int LongestNote = 500;

    public required string PromptId { get; init; }

    /// <summary>1, 2, 3 …, without gaps.</summary>
    public required int Number { get; init; }

    /// <summary>A <see cref="PromptContent"/> as JSON, encrypted.</summary>
    public required byte[] Content { get; init; }

    /// <summary>Why it was made, for people.</summary>
    public string? Note { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }
}

internal sealed class PromptConfiguration : IEntityTypeConfiguration<Prompt>
{
    public void Configure(EntityTypeBuilder<Prompt> builder)
    {
        builder.Property(p => p.Id).HasMaxLength(40);
        builder.Property(p => p.Name).HasMaxLength(Prompt.LongestName);
        builder.Property(p => p.Description).HasMaxLength(Prompt.LongestDescription);
        builder.Property(p => p.CreatedBy).HasMaxLength(200);
        builder.Property(p => p.Version).IsConcurrencyToken();
        builder.HasIndex(p => p.Name).IsUnique();
    }
}

internal sealed class PromptVersionConfiguration : IEntityTypeConfiguration<PromptVersion>
{
    public void Configure(EntityTypeBuilder<PromptVersion> builder)
    {
        builder.HasKey(v => new { v.PromptId, v.Number });
        builder.Property(v => v.PromptId).HasMaxLength(40);
        builder.Property(v => v.Number).ValueGeneratedNever();
        builder.Property(v => v.Note).HasMaxLength(PromptVersion.LongestNote);
        builder.Property(v => v.CreatedBy).HasMaxLength(200);
        builder.HasOne<Prompt>().WithMany().HasForeignKey(v => v.PromptId).OnDelete(DeleteBehavior.Cascade);
    }
}

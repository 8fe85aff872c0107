using System.Text.Json.Serialization;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Gateflow.Core.Catalog.Imports;

/// <summary>A file or a provider's list as it was read: a difference that changes nothing until a person applies it.</summary>
public sealed class CatalogImport : IVersioned
{
    /// <summary>"cimp_…".</summary>
    public required string Id { get; init; }

    public required CatalogImportFormat Format { get; init; }

    /// <summary>Name of the file, or of the provider.</summary>
    public required string Source { get; init; }

    public required CatalogImportStatus Status { get; set; }

    /// <summary>What was found; see <see cref="CatalogImportCounts"/>.</summary>
    public required CatalogImportCounts Counts { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    public DateTimeOffset? AppliedAt { get; set; }

    public string? AppliedBy { get; set; }

    public DateTimeOffset? UndoneAt { get; set; }

    public string? UndoneBy { get; set; }

    [JsonIgnore]
    public Guid Version { get; set; }
}

/// <summary>The shapes that are read.</summary>
public enum CatalogImportFormat
{
    /// <summary>LiteLLM's model_prices_and_context_window.json.</summary>
    Litellm,

    /// <summary>The api.json of models.dev.</summary>
    ModelsDev,

    /// <summary>A provider's own list of models.</summary>
    ProviderList,
}

/// <summary>Where an import stands.</summary>
public enum CatalogImportStatus
{
    /// <summary>Nothing of it was applied yet.</summary>
    Reviewing,

    /// <summary>All or some rows are in force; the others can still be applied.</summary>
    Applied,

    /// <summary>What it had changed was put back.</summary>
    Undone,
}

/// <summary>What an import found, entries of the file.</summary>
public sealed record CatalogImportCounts
{
    /// <summary>Entries read, whatever became of them.</summary>
    public int Read { get; init; }

    public int Added { get; init; }

    public int Changed { get; init; }

    /// <summary>Models that state nothing new.</summary>
    public int Unchanged { get; init; }

    /// <summary>Models of the catalog that the file no longer carries. They are never removed.</summary>
    public int Missing { get; init; }

    public int Faulty { get; init; }

    /// <summary>Entries left out, by the reason for it.</summary>
    public IReadOnlyDictionary<string, int> Skipped { get; init; } = new Dictionary<string, int>();
}

internal sealed class CatalogImportConfiguration : IEntityTypeConfiguration<CatalogImport>
{
    public void Configure(EntityTypeBuilder<CatalogImport> builder)
    {
        builder.Property(i => i.Id).HasMaxLength(40);
        builder.Property(i => i.Source).HasMaxLength(200);
        builder.Property(i => i.CreatedBy).HasMaxLength(200);
        builder.Property(i => i.AppliedBy).HasMaxLength(200);
        builder.Property(i => i.UndoneBy).HasMaxLength(200);
        builder.Property(i => i.Counts).HasJson();
        builder.Property(i => i.Version).IsConcurrencyToken();
    }
}

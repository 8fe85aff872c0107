using System.Text.Json.Nodes;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Gateflow.Core.Catalog.Imports;

/// <summary>One model of an import that says something: what it would change, or what is wrong with it.</summary>
public sealed class CatalogImportRow
{
    public required string ImportId { get; init; }

    /// <summary>From 1, in the order of the file.</summary>
    public required int Number { get; init; }

    public required ImportRowKind Kind { get; init; }

    public required ImportRowState State { get; set; }

    /// <summary>The entry's key in the file.</summary>
    public required string Key { get; init; }

    /// <summary>The catalog's name of the provider; empty when it could not be read.</summary>
    public required string Provider { get; init; }

    public required string Model { get; init; }

    public required IReadOnlyList<ImportChange> Changes { get; set; }

    /// <summary>What is wrong, or worth knowing.</summary>
    public required IReadOnlyList<string> Notes { get; set; }
}

/// <summary>The kinds of rows.</summary>
public enum ImportRowKind
{
    /// <summary>A model that the catalog does not carry.</summary>
    Added,
    Changed,

    /// <summary>A model of the catalog that the file no longer carries: told, never applied.</summary>
    Missing,

    /// <summary>It cannot be applied as it is.</summary>
    Faulty,
}

/// <summary>What became of a row.</summary>
public enum ImportRowState
{
    Proposed,
    Applied,

    /// <summary>The fact was changed by somebody else since it was compared: not applied, or not put back.</summary>
    Stale,
    Undone,
}

/// <summary>One fact that an import would change.</summary>
/// <param name="Field">A name of <see cref="FactFields"/>, or <see cref="PriceFact.Name"/>.</param>
/// <param name="Old">What the catalog said at the time of comparing; null for unknown or none.</param>
/// <param name="OldSource">Where that came from; null for a new model.</param>
/// <param name="New">What the file says.</param>
public sealed record ImportChange(string Field, JsonNode? Old, FactSource? OldSource, JsonNode? New)
{
    /// <summary>True once it was applied.</summary>
    public bool Applied { get; init; }

    /// <summary>Of a price that was applied: the first day it holds, "2026-12-01".</summary>
    public string ValidFrom { get; init; } = CatalogFact.Always;

    /// <summary>The stored fact that it replaced; null when there was none.</summary>
    public FactSnapshot? Before { get; init; }
}

/// <summary>A stored fact as it was before an import replaced it.</summary>
public sealed record FactSnapshot(string Value, FactOrigin Origin, string Source, DateTimeOffset At, string By, string? ImportId);

internal sealed class CatalogImportRowConfiguration : IEntityTypeConfiguration<CatalogImportRow>
{
    public void Configure(EntityTypeBuilder<CatalogImportRow> builder)
    {
        builder.HasKey(r => new { r.ImportId, r.Number });
        builder.Property(r => r.ImportId).HasMaxLength(40);
        builder.Property(r => r.Key).HasMaxLength(300);
        builder.Property(r => r.Provider).HasMaxLength(ModelIds.LongestProvider);
        builder.Property(r => r.Model).HasMaxLength(ModelIds.LongestModel);
        builder.Property(r => r.Changes).HasJson();
        builder.Property(r => r.Notes).HasJson();
        builder.HasIndex(r => new { r.ImportId, r.Kind, r.Number });
    }
}

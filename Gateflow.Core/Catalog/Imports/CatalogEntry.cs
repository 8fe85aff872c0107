using System.Text.Json.Nodes;

namespace Gateflow.Core.Catalog.Imports;

/// <summary>What a file says of one model. What it does not state is absent, and nothing follows from it.</summary>
internal sealed class CatalogEntry
{
    public required string Key { get; init; }

    /// <summary>The catalog's name of the provider.</summary>
    public required string Provider { get; init; }

    public required string Model { get; init; }

    /// <summary>By the names of <see cref="FactFields"/>.</summary>
    public Dictionary<string, JsonNode?> Facts { get; } = new(StringComparer.Ordinal);

    /// <summary>Longest input of files that do not tell window and input limit apart.</summary>
    public int? InputLimit { get; set; }

    /// <summary>USD per million tokens.</summary>
    public decimal? Input { get; set; }

    public decimal? CachedInput { get; set; }

    public decimal? Output { get; set; }

    public LongPromptSurcharge? Surcharge { get; set; }

    public Capabilities Can { get; set; }

    public Capabilities Cannot { get; set; }

    /// <summary>True when it is marked deprecated without a day.</summary>
    public bool Deprecated { get; set; }

    /// <summary>Why it cannot be applied.</summary>
    public List<string> Faults { get; } = [];

    /// <summary>What is worth knowing.</summary>
    public List<string> Notes { get; } = [];
}

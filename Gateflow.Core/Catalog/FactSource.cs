namespace Gateflow.Core.Catalog;

/// <summary>Where a fact comes from and since when it stands.</summary>
/// <param name="Origin">What kind of source it is.</param>
/// <param name="Source">The page, file or provider it was read from, or what the person wrote beside it.</param>
/// <param name="At">When it was entered; the date of the file for what ships with the product, null for a demo's.</param>
/// <param name="By">Who entered it; null for what ships with the product.</param>
public sealed record FactSource(FactOrigin Origin, string Source, DateTimeOffset? At, string? By)
{
    /// <summary>The import that brought it; null for others.</summary>
    public string? ImportId { get; init; }
}

/// <summary>The kinds of sources, each of which may replace what stood before.</summary>
public enum FactOrigin
{
    /// <summary>Ships with the product.</summary>
    BuiltIn,

    /// <summary>Made up for the demo.</summary>
    Demo,

    /// <summary>Entered by a person.</summary>
    Override,

    /// <summary>From a file that a person reviewed.</summary>
    Import,

    /// <summary>From a provider's own list of models, reviewed by a person.</summary>
    Sync,
}

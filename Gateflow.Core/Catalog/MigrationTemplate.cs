namespace Gateflow.Core.Catalog;

/// <summary>A known migration: what to replace by what, and what to mind. Models are written "provider/id".</summary>
public sealed record MigrationTemplate
{
    public required string Id { get; init; }

    /// <summary>The models it replaces; the first is the default when none of them is in use.</summary>
    public required IReadOnlyList<string> Sources { get; init; }

    public required string Target { get; init; }

    public IReadOnlyList<string> Considerations { get; init; } = [];

    public string Source { get; init; } = "";
}

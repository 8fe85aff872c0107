using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Gateflow.Core.Catalog;
using Gateflow.Core.Compatibility;

namespace Gateflow.Dashboard.Catalog;

/// <summary>A model with every fact and where it comes from.</summary>
public sealed record ModelView
{
    public required string Provider { get; init; }

    public required string Id { get; init; }

    public required string DisplayName { get; init; }

    public required LifecycleStatus Status { get; init; }

    /// <summary>True when a configured provider serves it.</summary>
    public required bool Served { get; init; }

    /// <summary>True when it does not ship with the product.</summary>
    public required bool IsOwn { get; init; }

    [JsonPropertyName("requests_last_30_days")]
    public required long RequestsLast30Days { get; init; }

    [JsonPropertyName("cost_last_30_days")]
    public required decimal? CostLast30Days { get; init; }

    public required IReadOnlyList<FactView> Facts { get; init; }

    /// <summary>By the day from which they hold, in order of time.</summary>
    public required IReadOnlyList<PriceView> Prices { get; init; }

    /// <summary>The customer's own names for it.</summary>
    public required IReadOnlyList<string> RequestAliases { get; init; }

    /// <summary>What is known of its parameters; the first for a capability counts.</summary>
    public required IReadOnlyList<RuleView> Rules { get; init; }

    [JsonIgnore]
    public CatalogModel Model { get; init; } = CatalogModel.Unknown("", "");

    [JsonIgnore]
    public string Name => $"{Provider}/{Id}";
}

/// <summary>One fact and its source.</summary>
/// <param name="Field">Wire name.</param>
/// <param name="Value">Null for unknown or none.</param>
/// <param name="Source">Where it comes from.</param>
/// <param name="BuiltIn">What ships with the product, where that is something else.</param>
public sealed record FactView(string Field, JsonNode? Value, FactSource Source, JsonNode? BuiltIn)
{
    /// <summary>True when it can be reset.</summary>
    [JsonIgnore]
    public bool IsStored => Source.Origin is FactOrigin.Override or FactOrigin.Import or FactOrigin.Sync;
}

/// <summary>A price and its source.</summary>
/// <param name="Current">True for the one that holds today.</param>
public sealed record PriceView(
    DateOnly? ValidFrom, decimal? Input, decimal? CachedInput, decimal? Output, LongPromptSurcharge? Surcharge, bool Current, FactSource Source)
{
    [JsonIgnore]
    public bool IsStored => Source.Origin is FactOrigin.Override or FactOrigin.Import or FactOrigin.Sync;
}

/// <summary>A rule of a parameter.</summary>
public sealed record RuleView
{
    /// <summary>Null for those that ship with the product.</summary>
    public string? Id { get; init; }

    public required IReadOnlyList<string> Providers { get; init; }

    public required string Models { get; init; }

    public required string Capability { get; init; }

    public required ParameterVerdict Verdict { get; init; }

    public required bool CrossProviderOnly { get; init; }

    public required string Effect { get; init; }

    public string? Shim { get; init; }

    public string? Action { get; init; }

    public required FactSource Source { get; init; }
}

/// <summary>One line of the list of models.</summary>
/// <param name="Changed">Facts that differ from what ships with the product.</param>
public sealed record ModelRow(CatalogModel Model, LifecycleStatus Status, bool Served, long Requests, decimal? Cost, IReadOnlyList<string> Changed);

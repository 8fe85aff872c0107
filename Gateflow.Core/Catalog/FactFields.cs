using System.Collections.Frozen;

namespace Gateflow.Core.Catalog;

/// <summary>Every fact of a model that can be replaced, prices apart: they hold from a day on, see <see cref="PriceFact"/>.</summary>
public static class FactFields
{
    public const string Name = "display_name";
    public const string Mode = "mode";
    public const string ContextWindow = "context_window";
    public const string MaxInputTokens = "max_input_tokens";
    public const string MaxOutputTokens = "max_output_tokens";
    public const string Capabilities = "capabilities";
    public const string Released = "released";
    public const string DeprecatedOn = "deprecated_on";
    public const string RetiresOn = "retires_on";
    public const string RetiresOnIsEarliest = "retires_on_is_earliest";
    public const string NotRetiredBefore = "not_retired_before";
    public const string Replacements = "replacements";

    public static IReadOnlyList<FactField> All { get; } =
    [
        new(Name, "Name", FactKind.Text, m => FactJson.Text(m.DisplayName), (m, v) => m with { DisplayName = FactJson.ReadText(v, 200) ?? m.Id }),
        new("family", "Family", FactKind.Text, m => FactJson.Text(m.Family), (m, v) => m with { Family = FactJson.ReadText(v, 100) ?? "" }),
        new(Mode, "Endpoint", FactKind.Mode, m => Wire.Name(m.Mode), (m, v) => m with { Mode = FactJson.ReadMode(v) }),
        new("aliases", "Other ids", FactKind.Names, m => FactJson.Names(m.Aliases), (m, v) => m with { Aliases = FactJson.ReadNames(v) }),
        new(ContextWindow, "Context window", FactKind.Tokens, m => FactJson.Count(m.ContextWindow), (m, v) => m with { ContextWindow = FactJson.ReadCount(v) }),
        new(MaxInputTokens, "Longest input", FactKind.Tokens, m => FactJson.Count(m.MaxInputTokens), (m, v) => m with { MaxInputTokens = FactJson.ReadCount(v) }),
        new(MaxOutputTokens, "Longest output", FactKind.Tokens, m => FactJson.Count(m.MaxOutputTokens), (m, v) => m with { MaxOutputTokens = FactJson.ReadCount(v) }),
        new("token_factor", "Token factor", FactKind.Factor, m => m.TokenFactor, (m, v) => m with { TokenFactor = FactJson.ReadFactor(v) }),
        new(Capabilities, "Capabilities", FactKind.Capabilities, m => FactJson.Names(CapabilityNames.List(m.Capabilities)), (m, v) => m with { Capabilities = FactJson.ReadCapabilities(v) }),
        new("capabilities_complete", "Capabilities complete", FactKind.Flag, m => m.CapabilitiesComplete, (m, v) => m with { CapabilitiesComplete = FactJson.ReadFlag(v) }),
        new(Released, "Released", FactKind.Date, m => FactJson.Day(m.Released), (m, v) => m with { Released = FactJson.ReadDay(v) }),
        new(DeprecatedOn, "Deprecated", FactKind.Date, m => FactJson.Day(m.DeprecatedOn), (m, v) => Dated(m) with { DeprecatedOn = FactJson.ReadDay(v) }),
        new(RetiresOn, "Retires", FactKind.Date, m => FactJson.Day(m.RetiresOn), (m, v) => Dated(m) with { RetiresOn = FactJson.ReadDay(v) }),
        new(RetiresOnIsEarliest, "Retirement date is the earliest possible", FactKind.Flag, m => m.RetiresOnIsEarliest, (m, v) => m with { RetiresOnIsEarliest = FactJson.ReadFlag(v) }),
        new(NotRetiredBefore, "Not retired before", FactKind.Date, m => FactJson.Day(m.NotRetiredBefore), (m, v) => m with { NotRetiredBefore = FactJson.ReadDay(v) }),
        new(Replacements, "Provider's successors", FactKind.Names, m => FactJson.Names(m.Replacements), (m, v) => m with { Replacements = FactJson.ReadNames(v) }),
    ];

    private static readonly FrozenDictionary<string, FactField> ByName = All.ToFrozenDictionary(f => f.Name, StringComparer.Ordinal);

    public static FactField? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>Words for people for a fact, prices among them.</summary>
    public static string Words(string name) => name == PriceFact.Name ? "Price" : Find(name)?.Words ?? name;

    /// <summary>Dates that a person or a file states are no longer the demo's.</summary>
    private static CatalogModel Dated(CatalogModel model) => model with { DatesAreDemo = false };
}

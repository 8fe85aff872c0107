using System.Text.RegularExpressions;
using Gateflow.Core.Catalog;

namespace Gateflow.Core.Compatibility;

/// <summary>What a family of models makes of one capability or parameter.</summary>
public sealed record ParameterRule
{
    /// <summary>"rule_…" of the customer's own; null for those of the product.</summary>
    public string? Id { get; init; }

    /// <summary>The catalog's provider names; empty means every provider.</summary>
    public IReadOnlyList<string> Providers { get; init; } = [];

    /// <summary>Matched against the catalog's id.</summary>
    public required Regex Models { get; init; }

    public Capabilities Capability { get; init; }

    public ParameterVerdict Verdict { get; init; }

    /// <summary>True when it only concerns requests that were written for another provider.</summary>
    public bool CrossProviderOnly { get; init; }

    /// <summary>What the model does, to be read after its name: "rejects max_tokens".</summary>
    public string Effect { get; init; } = "";

    /// <summary>How the request is changed so that it works all the same; null when nothing helps.</summary>
    public string? Shim { get; init; }

    /// <summary>What <see cref="Shim"/> tells, to be done; empty when there is none.</summary>
    public IReadOnlyList<ShimAction> Actions { get; init; } = [];

    /// <summary>Where it was read; empty for general knowledge, which has to be tested before it is relied on.</summary>
    public string Source { get; init; } = "";

    internal bool Matches(CatalogModel target, string? sourceProvider) =>
        (Providers.Count == 0 || Providers.Contains(target.Provider, StringComparer.Ordinal))
        && (!CrossProviderOnly || sourceProvider is null || IsOfAnother(sourceProvider, target.Provider))
        && Models.IsMatch(target.Id);

    /// <summary>What is kept under an id stays with whoever keeps it, whatever the protocol.</summary>
    private bool IsOfAnother(string source, string target) =>
        Capability == Capabilities.StoredState ? source != target : Vendor(source) != Vendor(target);

    /// <summary>Azure speaks OpenAI's protocol; the others that resell have protocols of their own.</summary>
    private static string Vendor(string provider) => provider == "azure-openai" ? "openai" : provider;
}

/// <summary>What becomes of a parameter.</summary>
public enum ParameterVerdict
{
    Accept,

    /// <summary>The same thing under another name or in another form.</summary>
    Rename,

    /// <summary>Taken in part: a smaller range, fewer values, another endpoint.</summary>
    Limit,

    /// <summary>Taken without effect.</summary>
    Ignore,

    /// <summary>The request is refused.</summary>
    Reject,

    /// <summary>Known to differ within the family.</summary>
    Unknown,
}

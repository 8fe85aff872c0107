using System.Text.RegularExpressions;
using Gateflow.Core.Catalog;

namespace Gateflow.Core.Compatibility;

/// <summary>The table of parameter differences between families; of the rules that match, the first in the file counts.</summary>
public sealed class ParameterRules
{
    internal const string File = "parameter_rules.csv";
    internal static readonly string[] Columns = ["providers", "models", "capability", "verdict", "when", "effect", "shim", "action", "source"];

    private static readonly Lazy<ParameterRules> EmbeddedRules = new(() => new ParameterRules(CatalogRow.ReadEmbedded(File, Columns, Map)));

    private readonly ILookup<Capabilities, ParameterRule> byCapability;

    internal ParameterRules(IReadOnlyList<ParameterRule> rules)
    {
        All = rules;
        byCapability = rules.ToLookup(x => x.Capability);
    }

    /// <summary>The rules that ship with the product, read on first use.</summary>
    public static ParameterRules Embedded => EmbeddedRules.Value;

    public IReadOnlyList<ParameterRule> All { get; }

    /// <summary>The rule for one flag at one model, or null when the table says nothing.</summary>
    /// <param name="target">The model that will get the request.</param>
    /// <param name="sourceProvider">The catalog's provider that the request was written for; null when unknown.</param>
    /// <param name="flag">One single flag.</param>
    public ParameterRule? Find(CatalogModel target, string? sourceProvider, Capabilities flag)
    {
        ArgumentNullException.ThrowIfNull(target);
        return byCapability[flag].FirstOrDefault(x => x.Matches(target, sourceProvider));
    }

    /// <summary>The same; of a model that the catalog does not carry only what is known of a named provider's models counts.</summary>
    public ParameterRule? Of(CatalogModel target, string? sourceProvider, Capabilities flag) =>
        Find(target, sourceProvider, flag) is { } rule && (target.Source.Length > 0 || rule.Providers.Count > 0) ? rule : null;

    internal static ParameterRule Map(CatalogRow row) => new()
    {
        Providers = row.Text("providers") == "*" ? [] : row.List("providers"),
        Models = Pattern(row),
        Capability = row.Capabilities("capability") is var flag and not Capabilities.None ? flag : throw row.Fault("capability", "a value is required"),
        Verdict = row.Word(
            "verdict",
            ("accept", ParameterVerdict.Accept),
            ("rename", ParameterVerdict.Rename),
            ("limit", ParameterVerdict.Limit),
            ("ignore", ParameterVerdict.Ignore),
            ("reject", ParameterVerdict.Reject),
            ("unknown", ParameterVerdict.Unknown)),
        CrossProviderOnly = row.Word("when", ("always", false), ("cross_provider", true)),
        Effect = row.Text("effect"),
        Shim = row.Text("shim") is { Length: > 0 } shim ? shim : null,
        Actions = Actions(row),
        Source = row.Text("source"),
    };

    private static IReadOnlyList<ShimAction> Actions(CatalogRow row)
    {
        try
        {
            return ShimAction.Parse(row.Text("action")) is var actions && actions.Count == 0 == (row.Text("shim").Length == 0)
                ? actions
                : throw row.Fault("action", "it must say what the shim does, and nothing without one");
        }
        catch (FormatException fault)
        {
            throw row.Fault("action", fault.Message);
        }
    }

    private static Regex Pattern(CatalogRow row)
    {
        try
        {
            return new Regex(row.Required("models"), RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        }
        catch (ArgumentException fault)
        {
            throw row.Fault("models", fault.Message);
        }
    }
}

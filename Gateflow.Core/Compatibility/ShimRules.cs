using Gateflow.Core.Catalog;

namespace Gateflow.Core.Compatibility;

/// <summary>
/// Which rule changes a request for its target. The compatibility check tells people of the same rule whose actions the gateway takes.
/// </summary>
public static class ShimRules
{
    private static readonly ParameterRule SchemaAsText = Missing(
        Capabilities.JsonSchema, ShimKind.SchemaToText, "JSON mode is asked for; the schema goes into the prompt");

    private static readonly ParameterRule JsonAsSchema = Missing(
        Capabilities.JsonMode, ShimKind.JsonToSchema, "a schema that allows any object is asked for");

    /// <summary>The rule by which one use of a request is changed; null when it is sent as it is, or nothing helps.</summary>
    /// <param name="rules">The table of parameter differences.</param>
    /// <param name="target">The model that will get the request.</param>
    /// <param name="sourceProvider">The catalog's provider that the request was written for; null for another than the target's.</param>
    /// <param name="flag">One single flag that the request uses.</param>
    public static ParameterRule? Find(ParameterRules rules, CatalogModel target, string? sourceProvider, Capabilities flag)
    {
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(target);
        return For(rules.Of(target, sourceProvider, flag), target, flag);
    }

    /// <param name="rule">What the table says of the flag.</param>
    internal static ParameterRule? For(ParameterRule? rule, CatalogModel target, Capabilities flag) => (rule, target.Supports(flag)) switch
    {
        ({ Verdict: ParameterVerdict.Unknown or ParameterVerdict.Accept }, true or null) => null,
        ({ Shim: not null }, true or null) => rule,
        ({ Shim: not null, Verdict: ParameterVerdict.Limit or ParameterVerdict.Reject }, false) => rule,
        ({ Verdict: ParameterVerdict.Reject or ParameterVerdict.Unknown }, false) => null,
        (_, false) when flag == Capabilities.JsonSchema && target.Supports(Capabilities.JsonMode) == true => SchemaAsText,
        (_, false) when flag == Capabilities.JsonMode && target.Supports(Capabilities.JsonSchema) == true => JsonAsSchema,
        _ => null,
    };

    private static ParameterRule Missing(Capabilities flag, ShimKind kind, string shim) => new()
    {
        Models = new("."),
        Capability = flag,
        Verdict = ParameterVerdict.Limit,
        Shim = shim,
        Actions = [new ShimAction(kind, [])],
    };
}

using Gateflow.Core.Catalog;
using Gateflow.Core.Usage;

namespace Gateflow.Core.Compatibility;

/// <summary>The check of one capability or parameter: the rule table first, then what the catalog states.</summary>
internal static class CapabilityChecks
{
    public static CompatibilityCheckResult Check(
        CatalogModel? source, CatalogModel target, string name, UsageAnalysis usage, Capabilities flag, ParameterRules rules)
    {
        var words = CapabilityNames.Words(flag);
        var result = (target.Source.Length == 0 ? null : rules.Find(target, source?.Provider, flag), target.Supports(flag)) switch
        {
            ({ Verdict: ParameterVerdict.Unknown } rule, _) => Result(CheckStatus.Warn, $"{name} {rule.Effect}{Doubt(rule)}", null, true),
            ({ Verdict: ParameterVerdict.Reject, Shim: null } rule, _) => Result(CheckStatus.Fail, $"{name} {rule.Effect}{Doubt(rule)}"),
            ({ Verdict: ParameterVerdict.Accept }, null) => Result(CheckStatus.Pass, $"{name} supports {words}"),
            ({ Verdict: not ParameterVerdict.Accept } rule, true or null) => Result(CheckStatus.Warn, $"{name} {rule.Effect}{Doubt(rule)}", rule.Shim),
            ({ Verdict: ParameterVerdict.Limit or ParameterVerdict.Reject, Shim: not null } rule, false) => Result(CheckStatus.Warn, $"{name} {rule.Effect}{Doubt(rule)}", rule.Shim),
            (_, true) => Result(CheckStatus.Pass, $"{name} supports {words}"),
            (_, false) => Missing(target, name, flag, words),
            _ => Result(CheckStatus.Warn, $"Whether {name} supports {words} is unknown", null, true),
        };
        return result with { Feature = CapabilityNames.Wire(flag), RequestsAffected = usage.RequestsUsing(flag) };
    }

    private static CompatibilityCheckResult Missing(CatalogModel target, string name, Capabilities flag, string words) => flag switch
    {
        Capabilities.JsonSchema when target.Supports(Capabilities.JsonMode) == true =>
            Result(CheckStatus.Warn, $"{name} does not enforce a schema", "JSON mode is asked for; the schema goes into the prompt"),
        Capabilities.JsonMode when target.Supports(Capabilities.JsonSchema) == true =>
            Result(CheckStatus.Warn, $"{name} has no plain JSON mode", "a schema that allows any object is asked for"),
        _ => Result(CheckStatus.Fail, $"{name} does not support {words}"),
    };

    private static string Doubt(ParameterRule rule) => rule.Source.Length == 0 ? "; unverified, test it" : "";

    private static CompatibilityCheckResult Result(CheckStatus status, string detail, string? shim = null, bool unknown = false) =>
        new() { Feature = "", Status = status, Detail = detail, Shim = shim, IsUnknown = unknown };
}

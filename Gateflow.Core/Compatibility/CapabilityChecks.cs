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
        var rule = rules.Of(target, source?.Provider, flag);
        var shim = ShimRules.For(rule, target, flag)?.Shim;
        var result = (rule, target.Supports(flag)) switch
        {
            ({ Verdict: ParameterVerdict.Unknown }, _) => Result(CheckStatus.Warn, $"{name} {rule.Effect}{Doubt(rule)}", null, true),
            ({ Verdict: ParameterVerdict.Reject, Shim: null }, _) => Result(CheckStatus.Fail, $"{name} {rule.Effect}{Doubt(rule)}"),
            ({ Verdict: ParameterVerdict.Accept }, null) => Result(CheckStatus.Pass, $"{name} supports {words}"),
            ({ Verdict: not ParameterVerdict.Accept }, true or null) => Result(CheckStatus.Warn, $"{name} {rule.Effect}{Doubt(rule)}", shim),
            ({ Verdict: ParameterVerdict.Limit or ParameterVerdict.Reject, Shim: not null }, false) => Result(CheckStatus.Warn, $"{name} {rule.Effect}{Doubt(rule)}", shim),
            (_, true) => Result(CheckStatus.Pass, $"{name} supports {words}"),
            (_, false) => Missing(name, flag, words, shim),
            _ => Result(CheckStatus.Warn, $"Whether {name} supports {words} is unknown", null, true),
        };
        return result with { Feature = CapabilityNames.Wire(flag), RequestsAffected = usage.RequestsUsing(flag) };
    }

    private static CompatibilityCheckResult Missing(string name, Capabilities flag, string words, string? shim) => (flag, shim) switch
    {
        (Capabilities.JsonSchema, not null) => Result(CheckStatus.Warn, $"{name} does not enforce a schema", shim),
        (Capabilities.JsonMode, not null) => Result(CheckStatus.Warn, $"{name} has no plain JSON mode", shim),
        _ => Result(CheckStatus.Fail, $"{name} does not support {words}"),
    };

    private static string Doubt(ParameterRule rule) => rule.Source.Length == 0 ? "; unverified, test it" : "";

    private static CompatibilityCheckResult Result(CheckStatus status, string detail, string? shim = null, bool unknown = false) =>
        new() { Feature = "", Status = status, Detail = detail, Shim = shim, IsUnknown = unknown };
}

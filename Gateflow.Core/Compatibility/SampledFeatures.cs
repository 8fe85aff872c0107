using Gateflow.Core.Catalog;
using Gateflow.Core.Usage;

namespace Gateflow.Core.Compatibility;

/// <summary>The checks that rest on stored requests and on the paths that they came by, by their wire names, and what is said where none could be read.</summary>
public static class SampledFeatures
{
    public const string ToolSchema = "tool_schema", ResponseSchema = "response_schema", RoleLayout = "role_layout", Request = "request", Samples = "samples", Endpoint = "endpoint";

    private static Capabilities LogFilter(string feature) => feature switch
    {
        ToolSchema => Capabilities.FunctionCalling,
        ResponseSchema => Capabilities.JsonSchema,
        _ => Capabilities.None,
    };

    /// <summary>The capability by which the request log finds the requests of a check; none where it cannot.</summary>
    internal static Capabilities LogFilter(CompatibilityCheckResult check) => check.Feature != Endpoint ? LogFilter(check.Feature)
        : new[] { ApiPath.Responses, ApiPath.Messages, ApiPath.Embeddings }.FirstOrDefault(path => path.Path == check.Subject)?.Flag ?? Capabilities.None;

    /// <summary>The one check of a model without readable samples: nothing was proven, so it does not pass.</summary>
    /// <param name="why">Why there are none, as a sentence.</param>
    public static CompatibilityCheckResult NotChecked(string why) =>
        SizeChecks.Unknown(Samples, $"{why} The schemas of tools and answers and the order of roles were not checked.");

    /// <summary>What was used in the period and does not appear in any sample.</summary>
    public static IEnumerable<CompatibilityCheckResult> Missing(UsageAnalysis usage, IReadOnlyList<CompatibilityCheckResult> found)
    {
        ArgumentNullException.ThrowIfNull(usage);
        foreach (var (feature, what) in new[] { (ToolSchema, "tools"), (ResponseSchema, "schemas for answers") })
        {
            if (usage.RequestsUsing(LogFilter(feature)) is var requests and not 0 && !found.Any(check => check.Feature == feature) && usage.Used.HasFlag(LogFilter(feature)))
            {
                yield return SizeChecks.Unknown(feature, $"Requests used {what}, but no stored request holds any: they were not checked.") with { RequestsAffected = requests };
            }
        }
    }
}

using Gateflow.Core.Catalog;
using Gateflow.Core.Usage;

namespace Gateflow.Core.Compatibility;

/// <summary>Checks the use of a model, as it really was, against what is known of a target.</summary>
public static class CompatibilityCheck
{
    /// <summary>Runs every check. What is unknown warns and says so; it never passes silently.</summary>
    /// <param name="source">The model used; null when the catalog does not carry it.</param>
    /// <param name="target">The model that shall take over; null when the catalog does not carry it.</param>
    /// <param name="targetId">The target as it was asked for, for the texts.</param>
    /// <param name="usage">What was used.</param>
    /// <param name="today">The day against which dates are read.</param>
    /// <param name="rules">What families of models make of parameters.</param>
    /// <param name="served">True when a configured provider serves the target: then a date alone is a warning.</param>
    public static CompatibilityReport Run(CatalogModel? source, CatalogModel? target, string targetId, UsageAnalysis usage, DateOnly today, ParameterRules rules, bool served = false)
    {
        ArgumentNullException.ThrowIfNull(usage);
        var model = target ?? CatalogModel.Unknown("", targetId);
        var factor = model.TokenFactor / (source?.TokenFactor ?? 1);
        var checks = new List<CompatibilityCheckResult>();
        if (target is null)
        {
            checks.Add(SizeChecks.Unknown("model", $"{targetId} is not in the catalog: whatever is not known of it is marked unknown."));
        }

        if (usage.TotalRequests == 0)
        {
            checks.Add(SizeChecks.Unknown("usage", "No request was seen in the period: nothing can be proven from use."));
        }

        if (VectorCheck.Check(source, target, targetId, usage) is { } vectors)
        {
            checks.Add(vectors);
        }

        checks.Add(SizeChecks.Context(model, targetId, usage, factor));
        if (SizeChecks.Output(model, targetId, usage, factor) is { } output)
        {
            checks.Add(output);
        }

        checks.AddRange(CapabilityNames.Split(usage.Used & ~ApiPath.Flags).Select(flag => CapabilityChecks.Check(source, model, targetId, usage, flag, rules)));
        checks.Add(LifecycleCheck.Check(model, targetId, today, served));
        return new CompatibilityReport { TargetModel = targetId, Checks = [.. checks.Select(c => CheckAdvice.Complete(c, usage))] };
    }
}

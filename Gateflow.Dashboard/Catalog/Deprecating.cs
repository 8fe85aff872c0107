using Gateflow.Core.Deprecations;
using Gateflow.Core.Routing;
using Gateflow.Core.Usage;

namespace Gateflow.Dashboard.Catalog;

/// <summary>Models in use that are deprecated or retire, most urgent first.</summary>
public sealed class Deprecating(ModelDirectory models, UsageQuery usage, TimeProvider clock)
{
    public async Task<IReadOnlyList<DeprecationEntry>> ListAsync(int? withinDays, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var used = await usage.UsedModelsAsync(now.AddDays(-30), now, cancellationToken);
        var entries = DeprecationList.Build(models.Catalog, used, DateOnly.FromDateTime(now.UtcDateTime), withinDays);
        if (entries.Count == 0)
        {
            return entries;
        }

        var features = (await usage.FeaturesAsync(now.AddDays(-30), now, cancellationToken)).ToLookup(f => f.Model, f => f.Feature, StringComparer.Ordinal);
        return [.. entries.Select(e => e with { Features = [.. features[e.Model]] })];
    }
}

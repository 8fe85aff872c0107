using Gateflow.Core.Catalog;
using Gateflow.Core.Compatibility;
using Gateflow.Core.Routing;

namespace Gateflow.Core.Migrations;

/// <summary>Embeddings move to another model at once or not at all: a search over vectors of two models finds nothing.</summary>
public static class VectorRule
{
    /// <summary>Why the traffic must not be split as configured; null when it may, or is not.</summary>
    /// <param name="used">What was used of the source, where there is no analysis.</param>
    public static Refusal? Fault(Migration migration, ModelDirectory models, Capabilities used = Capabilities.None)
    {
        ArgumentNullException.ThrowIfNull(migration);
        ArgumentNullException.ThrowIfNull(models);
        var (source, target) = (migration.SourceModel, migration.TargetModel!);
        var (from, to, seen) = (models.Routes.GetValueOrDefault(source), models.Routes.GetValueOrDefault(target), migration.Analysis?.Used ?? used);
        return migration.Steps().Any(s => s.Weight is > 0 and < 100)
            && from?.Id != to?.Id
            && (VectorCheck.Differ(models.Facts(source), models.Facts(target), seen) || (from is not null && to is not null && VectorCheck.NamesDiffer(from, to, seen)))
            ? Refusal.Invalid("strategy",
                $"Vectors of '{source}' and '{target}' cannot be compared, and these steps would mix them. Embed all that is stored anew with '{target}', then move everything at once: strategy 'instant', or 'shadow' with then 'instant'.")
            : null;
    }
}

using Gateflow.Core.Deprecations;
using Gateflow.Core.Routing;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Catalog;
using Gateflow.Dashboard.Templates;

namespace Gateflow.Dashboard.Wizard;

/// <summary>A model in use that could be replaced.</summary>
/// <param name="Use">Requests and cost of the last 30 days.</param>
/// <param name="End">Its announced end; null when none is announced.</param>
public sealed record SourceChoice(UsedModel Use, DeprecationEntry? End);

/// <summary>What a new migration may start from.</summary>
public sealed class SourceChoices(ModelDirectory models, UsageQuery usage, Deprecating deprecating, TemplateBook templates, TimeProvider clock)
{
    /// <summary>Own ones first, then those that are built in.</summary>
    public Task<IReadOnlyList<TemplateView>> TemplatesAsync(CancellationToken cancellationToken) => templates.ListAsync(cancellationToken);

    public bool IsKnown(string model) => models.Routes.ContainsKey(model);

    public bool IsServed(string model) => models.IsServed(model);

    /// <summary>Models in use: those whose end is announced first, the most pressing before; then by requests.</summary>
    public async Task<IReadOnlyList<SourceChoice>> InUseAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var used = await usage.UsedModelsAsync(now.AddDays(-30), now, cancellationToken);
        var ends = await deprecating.ListAsync(null, cancellationToken);
        var rank = ends.Index().ToDictionary(x => x.Item.Model, x => x, StringComparer.Ordinal);
        return
        [
            .. used
                .OrderBy(u => rank.TryGetValue(u.Model, out var end) ? end.Index : int.MaxValue)
                .ThenByDescending(u => u.Requests)
                .ThenBy(u => u.Model, StringComparer.Ordinal)
                .Select(u => new SourceChoice(u, rank.TryGetValue(u.Model, out var end) ? end.Item : null)),
        ];
    }

    /// <summary>Known models whose id holds every word of the text; those that are served first, then the shortest.</summary>
    public IReadOnlyList<ModelRoute> Search(string text, int most = 8)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return words.Length == 0
            ? []
            : [.. models.Routes.Where(r => r.Key == r.Value.Id && words.All(w => r.Key.Contains(w, StringComparison.OrdinalIgnoreCase)))
                .Select(r => r.Value)
                .OrderByDescending(r => r.Id == text.Trim())
                .ThenByDescending(r => r.IsServed)
                .ThenBy(r => r.Id.Length)
                .ThenBy(r => r.Id, StringComparer.Ordinal)
                .Take(most)];
    }
}

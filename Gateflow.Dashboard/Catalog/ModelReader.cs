using System.Globalization;
using Gateflow.Core.Catalog;
using Gateflow.Core.Compatibility;
using Gateflow.Core.Deprecations;
using Gateflow.Core.Migrations;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Management;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Catalog;

/// <summary>What is known of models: a list with those in use first, and everything of one with the source of each fact.</summary>
public sealed class ModelReader(IDbContextFactory<GateflowDb> databases, ModelDirectory models, UsageQuery usage, TimeProvider clock)
{
    private DateOnly Today => DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);

    /// <summary>The catalog's names of the providers that have models.</summary>
    public IReadOnlyList<string> Providers => [.. models.Catalog.All.Select(m => m.Provider).Distinct(StringComparer.Ordinal)];

    /// <param name="limit">Most models of the page; null for all.</param>
    /// <param name="cursor">What the page before said.</param>
    public async Task<(ListPage<ModelRow> Page, int Total)> ListAsync(ModelFilter filter, int? limit, string? cursor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var used = await UsedAsync(cancellationToken);
        var today = Today;
        var found = models.Catalog.All
            .Select(m => Row(m, used, today))
            .Where(filter.Takes)
            .OrderByDescending(r => r.Requests).ThenByDescending(r => r.Served).ThenBy(r => r.Status == LifecycleStatus.Retired) // the catalog's own order follows
            .ToList();
        var from = Math.Clamp(int.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var at) ? at : 0, 0, found.Count);
        var to = limit is { } most ? Math.Min(found.Count, from + most) : found.Count;
        return (new ListPage<ModelRow>(found[from..to], to < found.Count ? to.ToString(CultureInfo.InvariantCulture) : null), found.Count);
    }

    /// <param name="name">"provider/id", an id or an alias of the catalog.</param>
    public async Task<Result<ModelView>> FindAsync(string name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (models.Catalog.Find(name) is not { } model)
        {
            return Refusal.NotFound("model", name);
        }

        var row = Row(model, await UsedAsync(cancellationToken), Today);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        string[] names = [.. model.Aliases.Prepend(model.Id).SelectMany(n => new[] { n, $"{model.Provider}/{n}" })];
        var aliases = await db.ModelAliases.AsNoTracking().Where(a => names.Contains(a.Model)).OrderBy(a => a.Alias).Select(a => a.Alias).ToListAsync(cancellationToken);
        var rules = await db.CatalogRules.AsNoTracking().ToDictionaryAsync(r => r.Id, cancellationToken);
        return new ModelView
        {
            Provider = model.Provider,
            Id = model.Id,
            DisplayName = model.DisplayName,
            Status = row.Status,
            Served = row.Served,
            IsOwn = model.IsOwn,
            RequestsLast30Days = row.Requests,
            CostLast30Days = row.Cost,
            Facts = [.. Facts(model)],
            Prices = [.. Prices(model)],
            RequestAliases = aliases,
            Rules = [.. CapabilityNames.All.Select(flag => models.Catalog.Rules.Find(model, null, flag)).OfType<ParameterRule>().Select(rule => RuleBook.View(rule, rules))],
            Model = model,
        };
    }

    private IEnumerable<FactView> Facts(CatalogModel model)
    {
        var builtIn = model.IsOwn ? null : models.BuiltIn.Find(model.Provider, model.Id);
        foreach (var field in FactFields.All)
        {
            var value = field.Get(model);
            var shipped = builtIn is null ? null : field.Get(builtIn);
            yield return new FactView(
                field.Name, value, EffectiveCatalog.SourceOf(model, field.Name), shipped?.ToJsonString() == value?.ToJsonString() ? null : shipped);
        }
    }

    private IEnumerable<PriceView> Prices(CatalogModel model)
    {
        var periods = model.Prices.Count > 0 ? model.Prices : [EffectiveCatalog.BuiltInPrice(model)];
        var current = PricePeriod.On(periods, Today);
        return periods.Select(p => new PriceView(p.From, p.Input, p.CachedInput, p.Output, p.Surcharge, ReferenceEquals(p, current), p.Source));
    }

    private ModelRow Row(CatalogModel model, ILookup<CatalogModel, UsedModel> used, DateOnly today)
    {
        var uses = used[model].ToList();
        string[] prices = model.Prices.Count > 0 ? [PriceFact.Name] : [];
        return new ModelRow(
            model, model.StatusOn(today), Served(model), uses.Sum(u => u.Requests), uses.Count == 0 || uses.Exists(u => u.Cost is null) ? null : uses.Sum(u => u.Cost),
            [.. model.Sources.Keys.Concat(prices).Order(StringComparer.Ordinal)]);
    }

    private bool Served(CatalogModel model) => model.Aliases.Prepend(model.Id).Any(id => models.Routes.TryGetValue(id, out var route) && route.IsServed && ReferenceEquals(route.Facts, model));

    private async Task<ILookup<CatalogModel, UsedModel>> UsedAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var used = await usage.UsedModelsAsync(now.AddDays(-30), now, cancellationToken);
        return used.Select(u => (Use: u, Facts: models.Facts(u.Model)))
            .Where(p => p.Facts is not null)
            .ToLookup(p => p.Facts!, p => p.Use, (IEqualityComparer<CatalogModel>)ReferenceEqualityComparer.Instance);
    }
}

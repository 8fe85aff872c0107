using System.Collections.Frozen;
using Gateflow.Core.Catalog;

namespace Gateflow.Core.Routing;

/// <summary>
/// Which models are known and who serves them: the catalog joined with the configured providers. Built once from configuration.
/// A model of the catalog that nobody serves is known, but has no endpoint.
/// </summary>
public sealed class ModelDirectory
{
    /// <param name="providers">Configured providers with the model ids each lists; an empty list means the catalog's for that provider.</param>
    public ModelDirectory(ModelCatalog catalog, IReadOnlyList<(ProviderEndpoint Provider, IReadOnlyList<string> Models)> providers)
    {
        Catalog = catalog;
        Providers = [.. providers.Select(p => p.Provider)];
        var routes = new Dictionary<string, ModelRoute>(StringComparer.Ordinal);
        foreach (var (provider, listed) in providers)
        {
            var own = catalog.All.Where(m => m.Provider == CatalogName(provider)).ToList();
            var ids = listed.Count > 0 ? listed : [.. own.SelectMany(m => m.Aliases.Prepend(m.Id))];
            foreach (var id in ids)
            {
                var endpoint = new ModelEndpoint(provider, id);
                var facts = catalog.Find(CatalogName(provider), id) ?? catalog.Find(id);
                routes[$"{provider.Name}/{id}"] = new ModelRoute(id, [endpoint], facts);
                routes[id] = routes.TryGetValue(id, out var other)
                    ? other with { Endpoints = [.. other.Endpoints, endpoint] }
                    : new ModelRoute(id, [endpoint], facts);
            }
        }

        Served = [.. routes.Values.Where(r => r.IsServed).Select(r => r.Id).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        foreach (var model in catalog.All)
        {
            foreach (var id in model.Aliases.Prepend(model.Id))
            {
                routes.TryAdd(id, new ModelRoute(id, [], catalog.Find(id)));
            }
        }

        Routes = routes.ToFrozenDictionary(StringComparer.Ordinal);
    }

    public ModelCatalog Catalog { get; }

    public IReadOnlyList<ProviderEndpoint> Providers { get; }

    /// <summary>By id, and by "provider/id" for those that are served.</summary>
    public FrozenDictionary<string, ModelRoute> Routes { get; }

    /// <summary>Ids that some configured provider serves, in order of name.</summary>
    public IReadOnlyList<string> Served { get; }

    public bool IsServed(string model) => Routes.TryGetValue(model, out var route) && route.IsServed;

    private static string CatalogName(ProviderEndpoint provider) => provider.Type switch
    {
        ProviderType.OpenAI => "openai",
        ProviderType.Anthropic => "anthropic",
        ProviderType.AzureOpenAI => "azure-openai",
        ProviderType.Gemini => "google",
        _ => provider.Name,
    };
}

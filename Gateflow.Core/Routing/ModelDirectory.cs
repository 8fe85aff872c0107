using System.Collections.Frozen;
using Gateflow.Core.Catalog;
using Gateflow.Core.Recommendations;

namespace Gateflow.Core.Routing;

/// <summary>
/// Which models are known and who serves them: the catalog joined with the configured providers. A model of the catalog that nobody
/// serves is known, but has no endpoint.
/// </summary>
public sealed class ModelDirectory
{
    private readonly Lock _change = new();
    private IReadOnlyList<(ProviderEndpoint Provider, IReadOnlyList<string> Models)> _providers;
    private volatile FrozenDictionary<string, ModelRoute> _routes;

    /// <param name="providers">Configured providers with the model ids each lists; an empty list means the catalog's for that provider.</param>
    public ModelDirectory(ModelCatalog catalog, IReadOnlyList<(ProviderEndpoint Provider, IReadOnlyList<string> Models)> providers)
    {
        Catalog = catalog;
        _providers = providers;
        _routes = Build(catalog, providers);
    }

    public ModelCatalog Catalog { get; }

    public IReadOnlyList<ProviderEndpoint> Providers => [.. _providers.Select(p => p.Provider)];

    /// <summary>By id, and by "provider/id" for those that are served.</summary>
    public FrozenDictionary<string, ModelRoute> Routes => _routes;

    /// <summary>Every pair of provider and model that is served.</summary>
    public IReadOnlyList<ServedModel> Served =>
        [.. _providers.SelectMany(p => Ids(Catalog, p.Provider, p.Models).Select(id => new ServedModel(p.Provider.Name, id, CatalogName(p.Provider))))];

    public bool IsServed(string model) => _routes.TryGetValue(model, out var route) && route.IsServed;

    /// <summary>Gives a provider another address: the demo's is known only once the program listens.</summary>
    public void Move(string provider, Uri baseUrl)
    {
        lock (_change)
        {
            _providers = [.. _providers.Select(p => p.Provider.Name == provider ? (p.Provider with { BaseUrl = baseUrl }, p.Models) : p)];
            _routes = Build(Catalog, _providers);
        }
    }

    private static FrozenDictionary<string, ModelRoute> Build(
        ModelCatalog catalog, IReadOnlyList<(ProviderEndpoint Provider, IReadOnlyList<string> Models)> providers)
    {
        var routes = new Dictionary<string, ModelRoute>(StringComparer.Ordinal);
        foreach (var (provider, listed) in providers)
        {
            foreach (var id in Ids(catalog, provider, listed))
            {
                var endpoint = new ModelEndpoint(provider, provider.Deployments.GetValueOrDefault(id, id));
                var facts = catalog.Find(CatalogName(provider), id) ?? catalog.Find(id);
                routes[$"{provider.Name}/{id}"] = new ModelRoute(id, [endpoint], facts);
                routes[id] = routes.TryGetValue(id, out var other)
                    ? other with { Endpoints = [.. other.Endpoints, endpoint] }
                    : new ModelRoute(id, [endpoint], facts);
            }
        }

        foreach (var id in catalog.All.SelectMany(m => m.Aliases.Prepend(m.Id)))
        {
            if (!routes.ContainsKey(id))
            {
                routes[id] = new ModelRoute(id, [], catalog.Find(id));
            }
        }

        return routes.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static IEnumerable<string> Ids(ModelCatalog catalog, ProviderEndpoint provider, IReadOnlyList<string> listed) =>
        listed.Count > 0 ? listed : catalog.All.Where(m => m.Provider == CatalogName(provider)).SelectMany(m => m.Aliases.Prepend(m.Id));

    private static string CatalogName(ProviderEndpoint provider) => provider.Type switch
    {
        ProviderType.OpenAI => "openai",
        ProviderType.Anthropic => "anthropic",
        ProviderType.AzureOpenAI => "azure-openai",
        ProviderType.Gemini => "google",
        ProviderType.VertexAI => "google-vertex",
        ProviderType.Bedrock => "amazon-bedrock",
        _ => provider.Name,
    };
}

using System.Collections.Frozen;
using Gateflow.Core.Catalog;
using Gateflow.Core.Recommendations;

namespace Gateflow.Core.Routing;

/// <summary>
/// Which models are known and who serves them: the catalog joined with the providers, those of the configuration first. A model of the catalog that
/// nobody serves is known, but has no endpoint.
/// </summary>
public sealed class ModelDirectory
{
    private readonly Lock _change = new();
    private IReadOnlyList<ServedProvider> _configured;
    private IReadOnlyList<ServedProvider> _stored = [];
    private volatile FrozenDictionary<string, ModelRoute> _routes;

    /// <param name="configured">The providers of the configuration.</param>
    public ModelDirectory(ModelCatalog catalog, IReadOnlyList<ServedProvider> configured)
    {
        BuiltIn = Catalog = catalog;
        _configured = configured;
        _routes = Build(catalog, configured);
    }

    /// <summary>The catalog in force: what ships with the product and what was stored over it.</summary>
    public ModelCatalog Catalog { get; private set; }

    /// <summary>The catalog without anything stored.</summary>
    public ModelCatalog BuiltIn { get; }

    public IReadOnlyList<ProviderEndpoint> Providers => [.. All.Select(p => p.Provider)];

    /// <summary>The providers of the configuration.</summary>
    public IReadOnlyList<ServedProvider> Configured => _configured;

    /// <summary>By id, and by "provider/id" for those that are served.</summary>
    public FrozenDictionary<string, ModelRoute> Routes => _routes;

    /// <summary>Every pair of provider and model that is served.</summary>
    public IReadOnlyList<ServedModel> Served =>
        [.. All.SelectMany(p => Ids(Catalog, p.Provider, p.Models).Select(id => new ServedModel(p.Provider.Name, id, p.Provider.CatalogName, ProviderRegion.Of(p.Provider, p.Provider.Deployments.GetValueOrDefault(id, id)))))];

    /// <summary>What is known of a model at the provider that serves it first, else at its vendor; null when the catalog does not carry it.</summary>
    /// <param name="model">An id, or "provider/id" of what is served.</param>
    public CatalogModel? Facts(string model) => _routes.GetValueOrDefault(model)?.Facts ?? Catalog.Find(model);

    public bool IsServed(string model) => _routes.TryGetValue(model, out var route) && route.IsServed;

    /// <summary>Gives a provider another address: the demo's is known only once the program listens.</summary>
    public void Move(string provider, Uri baseUrl)
    {
        lock (_change)
        {
            _configured = [.. _configured.Select(p => p.Provider.Name == provider ? p with { Provider = p.Provider with { BaseUrl = baseUrl } } : p)];
            _routes = Build(Catalog, All);
        }
    }

    /// <summary>
    /// Takes the stored providers and the catalog in force. A provider that is called like one of the configuration stands behind it and serves nothing.
    /// </summary>
    public void Store(IReadOnlyList<ServedProvider> providers, ModelCatalog catalog)
    {
        lock (_change)
        {
            IReadOnlyList<ServedProvider> stored = [.. providers.Where(p => !IsConfigured(p.Provider.Name))];
            if (!ReferenceEquals(catalog, Catalog) || !stored.SequenceEqual(_stored, ReferenceEqualityComparer.Instance))
            {
                (Catalog, _stored) = (catalog, stored);
                _routes = Build(Catalog, All);
            }
        }
    }

    /// <summary>True when the configuration has a provider of that name, whatever its case.</summary>
    public bool IsConfigured(string provider) => _configured.Any(p => string.Equals(p.Provider.Name, provider, StringComparison.OrdinalIgnoreCase));

    private IReadOnlyList<ServedProvider> All => [.. _configured, .. _stored];

    private static FrozenDictionary<string, ModelRoute> Build(ModelCatalog catalog, IReadOnlyList<ServedProvider> providers)
    {
        var routes = new Dictionary<string, ModelRoute>(StringComparer.Ordinal);
        foreach (var (provider, listed) in providers)
        {
            foreach (var id in Ids(catalog, provider, listed))
            {
                var facts = catalog.Find(provider.CatalogName, id) ?? catalog.Find(id);
                var endpoint = new ModelEndpoint(provider, provider.Deployments.GetValueOrDefault(id, id)) { Facts = facts, Rules = catalog.Rules };
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
        (listed.Count > 0 ? listed
            : provider is { Type: ProviderType.AzureOpenAI, Deployments.Count: > 0 } ? [] // a resource serves what was deployed there
            : catalog.All.Where(m => m.Provider == provider.CatalogName).SelectMany(m => m.Aliases.Prepend(m.Id)))
        .Union(provider.Deployments.Keys);
}

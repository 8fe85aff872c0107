using System.Collections.Concurrent;
using Gateflow.Core.Alerts;
using Gateflow.Core.Catalog;
using Gateflow.Core.Routing;

namespace Gateflow.Gateway.Fallbacks;

/// <summary>The health of every model at its provider that was ever listed, however the route's other parts change.</summary>
internal sealed class ModelHealths
{
    private readonly ConcurrentDictionary<(string Provider, string Model), ModelHealth> _all = new();
    private readonly Breakers _breakers;
    private readonly GoneModels _gone;
    private readonly ProviderCalls _calls;
    private readonly AlertBell _bell;
    private readonly CatalogReader _catalog;

    public ModelHealths(Breakers breakers, GoneModels gone, ProviderCalls calls, AlertBell bell, CatalogReader catalog)
    {
        (_breakers, _gone, _calls, _bell, _catalog) = (breakers, gone, calls, bell, catalog);
        breakers.Changed += change => _all.GetValueOrDefault((change.Provider, change.Model))?.Changed(change.State);
    }

    /// <param name="endpoint">The model at its provider.</param>
    /// <param name="model">The id that callers know it by.</param>
    public ModelHealth Of(ModelEndpoint endpoint, string model) => _all.GetOrAdd(
        (endpoint.Provider.Name, endpoint.UpstreamModel),
        static (_, known) => new ModelHealth(
            known.endpoint, known.model, known.self._catalog, known.self._breakers.Of(known.endpoint), known.self._gone, known.self._calls.Of(known.endpoint.Provider.Name), known.self._bell),
        (self: this, endpoint, model));
}

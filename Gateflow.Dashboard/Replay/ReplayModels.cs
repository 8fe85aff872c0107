using Gateflow.Core.Catalog;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Replay;

namespace Gateflow.Dashboard.Replay;

/// <summary>A served model that a test may ask for help.</summary>
/// <param name="Name">"provider/model", as a request for a test takes it.</param>
/// <param name="Model">The id alone.</param>
/// <param name="Provider">Who serves it.</param>
public sealed record ReplayHelper(string Name, string Model, string Provider);

/// <summary>Which served models can judge pairs or give embeddings.</summary>
public sealed class ReplayModels(ModelDirectory models)
{
    public IReadOnlyList<ReplayHelper> Judges => Choose((route, endpoint) => !GivesEmbeddings(route) && DirectRequest.CanAsk(endpoint));

    public IReadOnlyList<ReplayHelper> Embedders => Choose((route, endpoint) => GivesEmbeddings(route) && DirectEmbeddings.CanAsk(endpoint));

    /// <summary>By provider and model.</summary>
    private List<ReplayHelper> Choose(Func<ModelRoute, ModelEndpoint, bool> takes) =>
    [
        .. models.Served
            .Select(s => (Served: s, Route: models.Routes[$"{s.Provider}/{s.Model}"]))
            .Where(x => takes(x.Route, x.Route.Endpoints[0]))
            .Select(x => new ReplayHelper($"{x.Served.Provider}/{x.Served.Model}", x.Served.Model, x.Served.Provider))
            .OrderBy(x => x.Provider, StringComparer.Ordinal).ThenBy(x => x.Model, StringComparer.Ordinal),
    ];

    /// <summary>As the catalog says; of a model that only its provider knows, as its name says.</summary>
    private static bool GivesEmbeddings(ModelRoute route) =>
        route.Facts is { } facts ? (facts.Capabilities & Capabilities.Embeddings) != 0 : route.Id.Contains("embed", StringComparison.OrdinalIgnoreCase);
}

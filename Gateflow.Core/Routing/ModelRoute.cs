using Gateflow.Core.Catalog;
using Gateflow.Core.Compatibility;

namespace Gateflow.Core.Routing;

/// <summary>A known model and who serves it.</summary>
/// <param name="Id">The id that callers use, without provider.</param>
/// <param name="Endpoints">Providers that serve it, best first; empty when no configured provider does.</param>
/// <param name="Facts">What the catalog knows; null for a model that only a provider knows.</param>
public sealed record ModelRoute(string Id, IReadOnlyList<ModelEndpoint> Endpoints, CatalogModel? Facts)
{
    public bool IsServed => Endpoints.Count > 0;
}

/// <summary>A model at a provider.</summary>
/// <param name="Provider">Who is called.</param>
/// <param name="UpstreamModel">The id that the provider takes.</param>
public sealed record ModelEndpoint(ProviderEndpoint Provider, string UpstreamModel)
{
    /// <summary>What the catalog knows of the model; null for nothing.</summary>
    public CatalogModel? Facts { get; init; }

    /// <summary>What families of models make of parameters.</summary>
    public ParameterRules Rules { get; init; } = ParameterRules.Embedded;

    /// <summary>The upstream id as a JSON string, quotes included, ready to be spliced into a body.</summary>
    public ReadOnlyMemory<byte> UpstreamModelJson { get; } = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(UpstreamModel);

    /// <summary>
    /// What one request costs here, USD, at the prices of a day: the provider's own, else those that the catalog has for the model's id; null when neither is
    /// known. See <see cref="CatalogModel.Cost(long, long, long, long, DateOnly, long)"/>.
    /// </summary>
    /// <param name="catalog">The catalog in force.</param>
    /// <param name="model">The id that callers use.</param>
    public decimal? Cost(ModelCatalog catalog, string model, long inputTokens, long cachedTokens, long cacheWrittenTokens, long outputTokens, DateOnly day, long hourTokens = 0) =>
        Facts?.Cost(inputTokens, cachedTokens, cacheWrittenTokens, outputTokens, day, hourTokens)
        ?? catalog.Find(model)?.Cost(inputTokens, cachedTokens, cacheWrittenTokens, outputTokens, day, hourTokens);
}

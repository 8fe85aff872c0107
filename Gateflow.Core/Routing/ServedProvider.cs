namespace Gateflow.Core.Routing;

/// <summary>A provider and the model ids that it lists.</summary>
/// <param name="Provider">Who is called.</param>
/// <param name="Models">Empty for the catalog's of that provider.</param>
public sealed record ServedProvider(ProviderEndpoint Provider, IReadOnlyList<string> Models);

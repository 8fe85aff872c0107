using Gateflow.Core.Catalog.Imports;
using Gateflow.Core.Migrations;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Probes;

namespace Gateflow.Dashboard.Catalog;

/// <summary>Asks a provider for its own list of models and compares it with the catalog; a person reviews what differs.</summary>
public sealed class CatalogSync(ModelDirectory models, ProviderProbe probe, CatalogImports imports)
{
    /// <summary>Somebody waits before a screen.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>The providers that can be asked.</summary>
    public IReadOnlyList<string> Providers => [.. models.Providers.Where(p => !p.Demo && ProviderProbe.ListsModels(p)).Select(p => p.Name)];

    /// <param name="provider">A provider's name here.</param>
    public async Task<Result<CatalogImport>> RunAsync(string provider, string actor, CancellationToken cancellationToken)
    {
        if (models.Providers.FirstOrDefault(p => p.Name == provider) is not { } found)
        {
            return Refusal.NotFound("provider", provider);
        }

        var (result, list) = await probe.ReadModelsAsync(found, Longest, cancellationToken);
        return result.IsOk
            ? await imports.CompareAsync(found.Name, found.CatalogName, list, actor, cancellationToken)
            : new Refusal(RefusalKind.Conflict, "provider_not_read", $"{provider} could not be asked for its models: {result.Message}");
    }
}

using Gateflow.Core.Access;
using Gateflow.Core.Catalog;
using Gateflow.Core.Limits;
using Gateflow.Core.Providers;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Catalog;
using Gateflow.Dashboard.Demo;
using Gateflow.Dashboard.Playground;
using Gateflow.Gateway;

namespace Gateflow.Dashboard.Composition;

/// <summary>Registers what knows models, providers and keys, and where requests go.</summary>
internal static class RoutingServices
{
    public static IServiceCollection AddRouting(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton(sp => new ModelDirectory(
            settings.Demo ? DemoModels.Catalog(sp.GetRequiredService<TimeProvider>()) : ModelCatalog.Embedded, [.. settings.Providers, .. DemoModels.Providers(settings)]));
        services.AddSingleton<CatalogReader>(sp => () => sp.GetRequiredService<ModelDirectory>().Catalog);
        services.AddSingleton(new BootstrapKeys(settings.AdminKey is null ? [] : [new BootstrapKey(settings.AdminKey)]));
        services.AddSingleton(new StandInKey(PlaygroundKey.Id, Ids.NewSecret("gw_dev_")));
        services.AddSingleton(settings.Outbound);
        services.AddSingleton<StoredProviders>();
        services.AddSingleton<RouteTableLoader>();
        services.AddSingleton<Routes>();
        services.AddSingleton<RouteReader>(sp => () => sp.GetRequiredService<Routes>().Current);
        services.AddCatalog();
        services.Every("Watching for prices that begin to hold", TimeSpan.FromMinutes(1), sp => sp.GetRequiredService<Routes>().RefreshAsync);
        return services.Every("Watching the route version", TimeSpan.FromMilliseconds(500), sp => sp.GetRequiredService<Routes>().ReloadIfChangedAsync);
    }
}

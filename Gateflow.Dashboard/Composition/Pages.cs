using Gateflow.Dashboard.Migrations;
using Gateflow.Dashboard.Overview;
using Gateflow.Dashboard.RollbackHistory;
using Gateflow.Dashboard.Search;
using Gateflow.Dashboard.Shell;
using Gateflow.Dashboard.Traffic;
using Gateflow.Dashboard.Usage;

namespace Gateflow.Dashboard.Composition;

/// <summary>What the pages read, beside what the API has already.</summary>
internal static class Pages
{
    public static IServiceCollection AddPages(this IServiceCollection services)
    {
        services.AddScoped<ViewerZone>();
        services.AddSingleton<OverviewReader>();
        services.AddSingleton<MigrationListReader>();
        services.AddSingleton<RollbackReader>();
        services.AddSingleton<RollbackNotes>();
        services.AddSingleton<SearchReader>();
        services.AddSingleton<TrafficReader>();
        services.AddSingleton<UsageReader>();
        return services;
    }
}

using Gateflow.Core.Fleet;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Gateflow.Core.Storage.PostgreSql;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gateflow.Dashboard.Composition;

/// <summary>What this node is among those that share the database, whose time it goes by, and how it hears of the others.</summary>
internal static class Fleet
{
    private const string DecisionLease = "decisions";

    /// <summary>Registers the clock first: everything takes the time from it.</summary>
    public static IServiceCollection AddFleet(this IServiceCollection services, Settings settings)
    {
        var node = new ThisNode { Name = settings.Node, Roles = settings.Roles, SharesDatabase = ThisNode.Shares(settings.Database) };
        services.AddSingleton(node).AddSingleton(new NodeName(settings.Node));
        var clock = node.SharesDatabase ? new DatabaseClock(TimeProvider.System) : null;
        services.TryAddSingleton(clock ?? TimeProvider.System);
        services.AddSingleton(sp => new NodeRegistry(sp.GetRequiredService<IDbContextFactory<GateflowDb>>(), node, sp.GetRequiredService<TimeProvider>(), clock));
        services.AddSingleton(sp => new Lease(sp.GetRequiredService<IDbContextFactory<GateflowDb>>(), node, sp.GetRequiredService<TimeProvider>(), DecisionLease));
        if (node.SharesDatabase)
        {
            services.Every("Giving a sign of life", NodeRegistry.Period, sp => sp.GetRequiredService<NodeRegistry>().RunOnceAsync);
        }

        if (settings.Database == DatabaseProvider.PostgreSql)
        {
            services.AddHostedService(sp => new RouteNews(new RouteListener(
                settings.ConnectionString, sp.GetRequiredService<Routes>(), sp.GetRequiredService<TimeProvider>(), sp.GetRequiredService<ILogger<RouteListener>>())));
        }

        return services;
    }

    private sealed class RouteNews(RouteListener listener) : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => listener.RunAsync(stoppingToken);
    }
}

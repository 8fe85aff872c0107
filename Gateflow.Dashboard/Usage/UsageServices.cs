using Gateflow.Core.ChangeManagement;
using Gateflow.Core.Fleet;
using Gateflow.Core.Privacy;
using Gateflow.Core.Quality;
using Gateflow.Core.Routing;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Catalog;
using Gateflow.Dashboard.Composition;
using Gateflow.Dashboard.Logs;
using Gateflow.Dashboard.UsageImports;

namespace Gateflow.Dashboard.Usage;

/// <summary>Registers what records usage, reads it and deletes what is too old.</summary>
internal static class UsageServices
{
    public static IServiceCollection AddUsage(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton(new Recorder { Enabled = settings.RecordsUsage });
        services.AddSingleton(new RecorderOptions { Node = settings.Node, DataDirectory = settings.DataDirectory });
        services.AddSingleton(new SamplePolicy(settings.Samples));
        services.AddSingleton<SampleGate>();
        services.AddSingleton<Func<RouteTable>>(sp => () => sp.GetRequiredService<Routes>().Current);
        services.AddSingleton<RecorderWriter>();
        services.AddSingleton<Retention>();
        services.AddSingleton<Erasure>();
        services.AddSingleton<RecentAnswers>();
        services.AddSingleton<FeedbackBook>();
        services.AddSingleton(settings.UsageLimits);
        services.AddSingleton<UsageQuery>();
        services.AddSingleton<CostQuery>();
        services.AddSingleton<LogReader>();
        services.AddUsageImports(settings.Roles);
        services.AddSingleton<Deprecating>();
        if (settings.Roles.HasFlag(NodeRoles.Controller))
        {
            services.Every("Deleting what is too old", TimeSpan.FromHours(1), sp => sp.GetRequiredService<Retention>().RunOnceAsync);
        }

        if (!settings.Roles.HasFlag(NodeRoles.Gateway))
        {
            return services;
        }

        services.Every(
            "Recording", TimeSpan.FromSeconds(1),
            sp => sp.GetRequiredService<RecorderWriter>().RunOnceAsync,
            sp => sp.GetRequiredService<RecorderWriter>().StopAsync);
        return services.Every("Folding usage", RecorderWriter.FoldPeriod, sp => sp.GetRequiredService<RecorderWriter>().FoldAsync); // the last in, the first to stop
    }
}

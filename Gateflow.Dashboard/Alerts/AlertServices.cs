using Gateflow.Core.Alerts;
using Gateflow.Core.Fleet;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Composition;
using Gateflow.Dashboard.Deprecations;

namespace Gateflow.Dashboard.Alerts;

/// <summary>What alerts register and run in the background.</summary>
public static class AlertServices
{
    public static IServiceCollection AddAlerts(this IServiceCollection services, NodeRoles roles)
    {
        services.AddSingleton(_ => new AlertBell());
        services.AddSingleton<AlertPolicy>();
        services.AddSingleton<AlertWriter>();
        services.AddSingleton<AlertBook>();
        services.AddSingleton<FallbackWatch>();
        services.AddSingleton<DeprecationWatch>();
        services.AddSingleton(sp => new SpoolWatch(sp.GetRequiredService<RecorderWriter>(), sp.GetRequiredService<AlertBell>(), sp.GetRequiredService<RecorderOptions>().Node));
        if (roles.HasFlag(NodeRoles.Controller))
        {
            services.Every("Looking for models that end", TimeSpan.FromMinutes(15), sp => sp.GetRequiredService<DeprecationWatch>().RunOnceAsync);
            services.Every("Looking for heavy fallbacks", TimeSpan.FromMinutes(1), sp => sp.GetRequiredService<FallbackWatch>().RunOnceAsync);
        }

        services.Every("Looking at the spool", TimeSpan.FromSeconds(1), sp => sp.GetRequiredService<SpoolWatch>().RunOnceAsync);
        return services.Every("Writing alerts", TimeSpan.FromSeconds(1), sp => sp.GetRequiredService<AlertWriter>().RunOnceAsync);
    }
}

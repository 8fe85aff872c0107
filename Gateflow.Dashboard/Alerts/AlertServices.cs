using Gateflow.Core.Alerts;
using Gateflow.Dashboard.Composition;

namespace Gateflow.Dashboard.Alerts;

/// <summary>What alerts register and run in the background.</summary>
public static class AlertServices
{
    public static IServiceCollection AddAlerts(this IServiceCollection services)
    {
        services.AddSingleton(_ => new AlertBell());
        services.AddSingleton<AlertWriter>();
        services.AddSingleton<AlertBook>();
        return services.Every("Writing alerts", TimeSpan.FromSeconds(1), sp => sp.GetRequiredService<AlertWriter>().RunOnceAsync);
    }
}

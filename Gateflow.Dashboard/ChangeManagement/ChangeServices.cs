using Gateflow.Core.ChangeManagement;
using Gateflow.Dashboard.Alerts;
using Gateflow.Dashboard.Composition;

namespace Gateflow.Dashboard.ChangeManagement;

/// <summary>What the settings register and run in the background.</summary>
internal static class ChangeServices
{
    public static IServiceCollection AddChangeManagement(this IServiceCollection services)
    {
        services.AddSingleton<SettingsWatch>();
        services.AddSingleton<ChangeBook>();
        services.AddSingleton<AlertSettingsBook>();
        return services.Every("Reading settings", TimeSpan.FromSeconds(5), sp => sp.GetRequiredService<SettingsWatch>().RunOnceAsync);
    }
}

using Gateflow.Core.Shadow;
using Gateflow.Dashboard.Composition;

namespace Gateflow.Dashboard.Shadow;

/// <summary>What mirroring registers and runs in the background.</summary>
public static class ShadowServices
{
    /// <summary>Stands before the gateway: its last turn comes after the gateway has let go of its copies.</summary>
    public static IServiceCollection AddShadow(this IServiceCollection services)
    {
        services.AddSingleton<ShadowLedger>();
        services.AddSingleton<ShadowStore>();
        services.AddSingleton<ShadowWatch>();
        services.AddSingleton<ShadowReader>();
        services.Every("Looking at mirrors", TimeSpan.FromSeconds(5), sp => sp.GetRequiredService<ShadowWatch>().RunOnceAsync);
        return services.Every(
            "Counting copies", TimeSpan.FromSeconds(1),
            sp => sp.GetRequiredService<ShadowStore>().RunOnceAsync,
            sp => sp.GetRequiredService<ShadowStore>().RunOnceAsync);
    }
}

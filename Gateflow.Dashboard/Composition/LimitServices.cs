using Gateflow.Core.Fleet;
using Gateflow.Core.Limits;

namespace Gateflow.Dashboard.Composition;

/// <summary>Registers what counts against the limits of keys.</summary>
internal static class LimitServices
{
    public static IServiceCollection AddLimits(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton<KeyMeters>();
        services.AddSingleton<SpendReader>();
        return !settings.Roles.HasFlag(NodeRoles.Gateway) ? services : services.Every("Reading what other nodes have spent", SpendReader.Period, sp => sp.GetRequiredService<SpendReader>().RunOnceAsync);
    }
}

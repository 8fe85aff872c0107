using Gateflow.Core.Fleet;
using Gateflow.Core.UsageImports;
using Gateflow.Dashboard.Composition;

namespace Gateflow.Dashboard.UsageImports;

/// <summary>Registers what imports usage of before.</summary>
internal static class UsageImportServices
{
    public static IServiceCollection AddUsageImports(this IServiceCollection services, NodeRoles roles)
    {
        services.AddSingleton<ImportStore>();
        services.AddSingleton<ImportRun>();
        services.AddSingleton<ImportRunner>();
        return !roles.HasFlag(NodeRoles.Dashboard) ? services : services.Every("Importing usage", TimeSpan.FromSeconds(1), sp => sp.GetRequiredService<ImportRunner>().RunOnceAsync);
    }
}

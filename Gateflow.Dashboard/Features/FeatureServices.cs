using Gateflow.Core.Features;
using Gateflow.Core.Fleet;
using Gateflow.Dashboard.Composition;

namespace Gateflow.Dashboard.Features;

/// <summary>What features register and run in the background.</summary>
internal static class FeatureServices
{
    public static IServiceCollection AddFeatures(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton<FeatureBook>();
        services.AddSingleton<BudgetWatch>();
        return settings.Roles.HasFlag(NodeRoles.Controller)
            ? services.Every("Looking at budgets", TimeSpan.FromMinutes(1), sp => sp.GetRequiredService<BudgetWatch>().RunOnceAsync)
            : services;
    }
}

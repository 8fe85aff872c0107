using FluentValidation;
using Gateflow.Dashboard.Composition;

namespace Gateflow.Dashboard.Providers;

/// <summary>Registers what manages providers.</summary>
internal static class ProviderServices
{
    public static IServiceCollection AddProviders(this IServiceCollection services)
    {
        services.AddSingleton<IValidator<ProviderDraft>, ProviderDraftValidator>();
        services.AddSingleton<ProviderStore>();
        services.AddSingleton<ProviderTesting>();
        services.AddSingleton<ProviderHealths>();
        services.AddSingleton<HealthReader>();
        return services.Every("Probing providers", TimeSpan.FromSeconds(1), sp => sp.GetRequiredService<ProviderHealths>().RunOnceAsync);
    }
}

using FluentValidation;

namespace Gateflow.Dashboard.Providers;

/// <summary>Registers what manages providers.</summary>
internal static class ProviderServices
{
    public static IServiceCollection AddProviders(this IServiceCollection services)
    {
        services.AddSingleton<IValidator<ProviderDraft>, ProviderDraftValidator>();
        services.AddSingleton<ProviderStore>();
        return services;
    }
}

using Gateflow.Dashboard.Composition;

namespace Gateflow.Dashboard.Fallbacks;

/// <summary>What fallbacks register.</summary>
public static class FallbackServices
{
    public static IServiceCollection AddFallbacks(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton(settings.Breaker);
        services.AddSingleton<ChainBook>();
        services.AddSingleton<FallbackSwitch>();
        return services;
    }
}

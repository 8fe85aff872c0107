using Gateflow.Dashboard.Composition;

namespace Gateflow.Dashboard.Live;

/// <summary>Registers what follows running migrations for pages, hub and streams.</summary>
internal static class LiveServices
{
    public static IServiceCollection AddLive(this IServiceCollection services)
    {
        services.AddSingleton<ProcessorLoad>();
        services.AddSingleton<MigrationFeed>();
        services.AddSingleton<LiveSnapshots>();
        services.AddSingleton<HubWatches>();
        services.AddSingleton<HubSessions>();
        services.AddSingleton<LiveSignals>();
        return services.Every("Ending connections whose session is over", HubSessions.Period, sp => sp.GetRequiredService<HubSessions>().RunOnceAsync);
    }
}

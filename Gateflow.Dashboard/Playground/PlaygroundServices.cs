namespace Gateflow.Dashboard.Playground;

/// <summary>Registers the playground.</summary>
internal static class PlaygroundServices
{
    public static IServiceCollection AddPlayground(this IServiceCollection services)
    {
        services.AddSingleton<PlaygroundKey>();
        return services.AddSingleton<PlaygroundClient>();
    }
}

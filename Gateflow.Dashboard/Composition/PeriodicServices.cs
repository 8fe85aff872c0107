namespace Gateflow.Dashboard.Composition;

/// <summary>Registers what runs in the background.</summary>
internal static class PeriodicServices
{
    /// <summary>Registers a turn that is run again and again.</summary>
    public static IServiceCollection Every(
        this IServiceCollection services, string name, TimeSpan interval,
        Func<IServiceProvider, Func<CancellationToken, Task>> turn, Func<IServiceProvider, Func<CancellationToken, Task>>? last = null) =>
        services.AddSingleton<IHostedService>(sp => new PeriodicWork(
            name, interval, turn(sp), last?.Invoke(sp), sp.GetRequiredService<TimeProvider>(), sp.GetRequiredService<ILogger<PeriodicWork>>()));
}

using Microsoft.Extensions.DependencyInjection.Extensions;
using Radzen;

namespace Gateflow.Dashboard.Shell;

/// <summary>Registers what the pages need: circuits, Radzen, the signed-in person, the viewer's zone.</summary>
public static class ShellSetup
{
    public static IServiceCollection AddShell(this IServiceCollection services)
    {
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddRadzenComponents();
        services.AddCascadingAuthenticationState();
        services.AddAuthorization();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddScoped<ViewerZone>();
        return services;
    }
}

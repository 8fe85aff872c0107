using Microsoft.Extensions.DependencyInjection.Extensions;
using Radzen;

namespace Gateflow.Dashboard.Shell;

/// <summary>Registers what the pages need and maps them.</summary>
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

    /// <summary>Static files and pages. Antiforgery must stand in the pipeline before.</summary>
    public static RazorComponentsEndpointConventionBuilder MapShell(this IEndpointRouteBuilder routes)
    {
        routes.MapStaticAssets();
        return routes.MapRazorComponents<App>().AddInteractiveServerRenderMode();
    }
}

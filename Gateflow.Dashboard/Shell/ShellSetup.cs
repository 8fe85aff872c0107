using Microsoft.Extensions.DependencyInjection.Extensions;
using Radzen;

namespace Gateflow.Dashboard.Shell;

/// <summary>Registers what the pages need: circuits, Radzen, the signed-in person, the viewer's zone.</summary>
public static class ShellSetup
{
    /// <summary>How long a call into the browser may go unanswered: a browser that left holds its circuit so long, the framework's own minute was 100 MB of a thousand pages opened and closed.</summary>
    private static readonly TimeSpan BrowserAnswers = TimeSpan.FromSeconds(20);

    public static IServiceCollection AddShell(this IServiceCollection services)
    {
        services.AddRazorComponents().AddInteractiveServerComponents(o => o.JSInteropDefaultCallTimeout = BrowserAnswers);
        services.AddRadzenComponents();
        services.AddScoped<DialogService, Dialogs>();
        services.AddCascadingAuthenticationState();
        services.AddAuthorization();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddScoped<ViewerZone>();
        return services;
    }
}

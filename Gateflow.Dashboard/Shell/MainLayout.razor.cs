using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace Gateflow.Dashboard.Shell;

/// <summary>Sidebar, top bar (on a phone), demo ribbon and the page. A page that throws takes only itself down.</summary>
public sealed partial class MainLayout(IServiceProvider services) : IDisposable
{
    private ErrorBoundary? boundary;

    private IDemoData? Demo { get; } = services.GetService<IDemoData>();

    protected override void OnInitialized()
    {
        if (Demo is not null)
        {
            Demo.Changed += Refresh;
        }
    }

    // A navigation sets the body anew: the fault of the page before must not stay.
    protected override void OnParametersSet() => boundary?.Recover();

    public void Dispose()
    {
        if (Demo is not null)
        {
            Demo.Changed -= Refresh;
        }
    }

    private void Recover() => boundary?.Recover();

    private void Refresh() => _ = InvokeAsync(StateHasChanged);
}

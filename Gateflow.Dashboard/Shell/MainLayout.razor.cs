using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace Gateflow.Dashboard.Shell;

/// <summary>Sidebar, top bar (on a phone), demo ribbon and the page. A page that throws takes only itself down.</summary>
public sealed partial class MainLayout(IServiceProvider services) : IDisposable
{
    private ErrorBoundary? boundary;

    /// <summary>True once the circuit has drawn the page: from then on its buttons answer. The markup says so to whoever drives the page by a program.</summary>
    private bool live;

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

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            live = true;
            StateHasChanged();
        }
    }

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

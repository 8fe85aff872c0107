using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Components;

namespace Gateflow.Dashboard.Shell;

/// <summary>Says on every page that demo data is shown, and clears it.</summary>
public sealed partial class DemoRibbon
{
    private bool busy;
    private string? fault;

    [Parameter, EditorRequired]
    public EventCallback OnClear { get; set; }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever failed is told beside the button; the page lives on.")]
    private async Task ClearAsync()
    {
        busy = true;
        fault = null;
        try
        {
            await OnClear.InvokeAsync();
        }
        catch (Exception exception)
        {
            fault = $"The demo data could not be cleared: {exception.Message}";
        }
        finally
        {
            busy = false;
        }
    }
}

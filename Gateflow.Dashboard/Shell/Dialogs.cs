using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using Radzen;

namespace Gateflow.Dashboard.Shell;

/// <summary>Opens every dialog within a <see cref="DialogBoundary"/>: they stand outside the page's own.</summary>
internal sealed class Dialogs(NavigationManager navigation, IJSRuntime browser, IServiceProvider services) : DialogService(navigation, browser, services)
{
    public override Task<dynamic?> OpenAsync<T>(string title, Dictionary<string, object?>? parameters = null, DialogOptions? options = null) =>
        base.OpenAsync<DialogBoundary>(
            title, new Dictionary<string, object?> { [nameof(DialogBoundary.Dialog)] = typeof(T), [nameof(DialogBoundary.Parameters)] = parameters ?? [] }, options);
}

using Gateflow.Dashboard.Access;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Components.Web;

namespace Gateflow.Dashboard.Shell;

/// <summary>
/// The document. Pages are interactive unless they carry [ExcludeFromInteractiveRouting]; theme and sidebar come from cookies,
/// so that the first frame is already right.
/// </summary>
public sealed partial class App
{
    private string? nonce;

    [CascadingParameter]
    private HttpContext Http { get; set; } = default!;

    private IComponentRenderMode? Mode => Http.AcceptsInteractiveRouting() ? RenderMode.InteractiveServer : null;

    protected override void OnInitialized() => nonce = BrowserRules.ScriptNonce(Http);

    private string? Kept(string cookie, params ReadOnlySpan<string> allowed) =>
        Http.Request.Cookies[cookie] is { } value && allowed.Contains(value) ? value : null;
}

using System.Runtime.CompilerServices;
using AngleSharp.Dom;
using Bunit;
using Gateflow.Dashboard.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Radzen;
using Radzen.Blazor.Rendering;

namespace Gateflow.Tests.Shell;

/// <summary>
/// Renders parts and pages without a browser: derive from it, or make one a test. The clock stands at <see cref="Now"/>; calls into
/// the browser answer their type's default.
/// </summary>
public class DashboardTestContext : BunitContext
{
    public static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    // A renderer's turn may wait behind other tests on a small machine.
    static DashboardTestContext() => DefaultWaitTimeout = TimeSpan.FromSeconds(10);

    public DashboardTestContext()
    {
        WithoutDiffing();
        JSInterop.Mode = JSRuntimeMode.Loose;
        // Loose mode answers null for reference types: Radzen's chart dereferences the rectangle it asks the browser for.
        JSInterop.Setup<Rect>("Radzen.createChart", _ => true).SetResult(new Rect { Width = 600, Height = 200 });
        Services.AddRadzenComponents();
        Services.AddSingleton<TimeProvider>(Clock);
        Services.AddScoped<ViewerZone>();
    }

    public FakeTimeProvider Clock { get; } = new(Now);

    /// <summary>Lets the clock go on by one beat after the other until a state holds: a page waits for its next beat only when it has answered the last.</summary>
    public async Task BeatAsync(TimeSpan beat, Func<bool> holds)
    {
        ArgumentNullException.ThrowIfNull(holds);
        using var limit = new CancellationTokenSource(DefaultWaitTimeout);
        while (!holds())
        {
            Clock.Advance(beat);
            await Task.Delay(20, limit.Token);
        }
    }

    /// <summary>Clicks an element. Use these instead of bUnit's own, which walk the tree by AngleSharp.Diffing too.</summary>
    public Task ClickAsync(IElement element) => FireAsync(element, "onclick", new MouseEventArgs());

    /// <summary>Types into a field that binds oninput.</summary>
    public Task InputAsync(IElement element, string value) => FireAsync(element, "oninput", new ChangeEventArgs { Value = value });

    /// <summary>Sets a field, select or checkbox that binds onchange.</summary>
    public Task ChangeAsync(IElement element, object value) => FireAsync(element, "onchange", new ChangeEventArgs { Value = value });

    /// <summary>Submits a form.</summary>
    public Task SubmitAsync(IElement form) => FireAsync(form, "onsubmit", EventArgs.Empty);

    /// <summary>Raises an event at the element, or at the nearest one above it that listens.</summary>
    public Task FireAsync(IElement element, string name, EventArgs args)
    {
        for (var at = element; at is not null; at = at.ParentElement)
        {
            if (ulong.TryParse(at.GetAttribute("blazor:" + name), out var handler))
            {
#pragma warning disable BL0006 // bUnit's public DispatchEventAsync demands this type of Blazor's inside.
                var field = new Microsoft.AspNetCore.Components.RenderTree.EventFieldInfo();
#pragma warning restore BL0006
                return Renderer.Dispatcher.InvokeAsync(() => Renderer.DispatchEventAsync(handler, field, args));
            }
        }

        throw new InvalidOperationException($"Nothing listens to {name} at or above {element.OuterHtml}");
    }

    /// <summary>
    /// bUnit asks for its HtmlComparer at every render although only MarkupMatches uses it. Its constructor loads AngleSharp.Diffing,
    /// which not every feed has; an uninitialised instance lets everything but MarkupMatches work.
    /// </summary>
    private void WithoutDiffing()
    {
        var comparer = typeof(BunitContext).Assembly.GetType("Bunit.Diffing.HtmlComparer", throwOnError: true)!;
        Services.Add(ServiceDescriptor.Singleton(comparer, RuntimeHelpers.GetUninitializedObject(comparer)));
    }
}

using System.Runtime.CompilerServices;
using Bunit;
using Gateflow.Dashboard.Shell;
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

using Bunit;
using Bunit.TestDoubles;
using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Search;
using Gateflow.Dashboard.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.Extensions.DependencyInjection;
using Radzen;

namespace Gateflow.Tests.Shell;

public sealed class LayoutTests : DashboardTestContext
{
    private readonly BunitAuthorizationContext access;

    public LayoutTests()
    {
        access = this.AddAuthorization();
        ComponentFactories.AddStub<SearchDialog>(); // reads a database; it has tests of its own
    }

    [Fact]
    public void MainLayout_SignedIn_HasLandmarksAndSignOut()
    {
        access.SetAuthorized("Ada");

        var layout = Layout("<p>page</p>");

        Assert.Single(layout.FindAll("main"));
        Assert.NotNull(layout.Find("nav[aria-label=Main]"));
        Assert.Equal("#content", layout.Find("a.skip").GetAttribute("href"));
        var form = layout.Find("form[action='/logout']");
        Assert.Equal("post", form.GetAttribute("method"));
        Assert.Contains("Ada", layout.Find("details.gf-menu").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void MainLayout_SignedOut_HasNoUserMenu() => Assert.Empty(Layout("<p>page</p>").FindAll("details.gf-menu"));

    [Fact]
    public async Task MainLayout_SessionEnds_TakesOpenDialogsAlong()
    {
        access.SetAuthorized("Ada");
        var layout = Layout("<p>page</p>");
        await layout.InvokeAsync(() => { _ = Services.GetRequiredService<DialogService>().OpenAsync("Create key", _ => builder => builder.AddMarkupContent(0, "<button id=\"deed\">Create</button>")); });
        Assert.NotNull(layout.Find("#deed"));

        await layout.InvokeAsync(() => { access.SetNotAuthorized().SetNotAuthorized(); }); // bUnit tells of it before its own authorization knows: the second time is heard

        Assert.Empty(layout.FindAll("#deed"));
    }

    [Fact]
    public async Task Dialog_Throws_TakesOnlyItselfDown()
    {
        access.SetAuthorized("Ada");
        Services.AddScoped<DialogService, Dialogs>();
        var layout = Layout("<p>page</p>");
        await layout.InvokeAsync(() => { _ = Services.GetRequiredService<DialogService>().OpenAsync<BrokenDialog>("Create key", new() { [nameof(BrokenDialog.Verb)] = "Create" }); });

        await ClickAsync(layout.Find("#deed"));
        Assert.Contains("Something in this dialog went wrong", layout.Find("[role=dialog] [role=alert]").TextContent, StringComparison.Ordinal);
        await ClickAsync(layout.Find("[role=dialog] [role=alert] button"));

        Assert.Equal("Create", layout.Find("#deed").TextContent);
        Assert.Contains("page", layout.Find("main").TextContent, StringComparison.Ordinal);
        Assert.Equal(typeof(Dialogs), new ServiceCollection().AddShell().Last(s => s.ServiceType == typeof(DialogService)).ImplementationType);
    }

    [Fact]
    public void MainLayout_NoDemo_ShowsNoRibbon() => Assert.Empty(Layout("<p>page</p>").FindAll(".demo"));

    [Fact]
    public async Task MainLayout_DemoCleared_RibbonGoes()
    {
        var demo = new FakeDemo();
        access.SetAuthorized("Ada").SetPolicies(Policies.Admin);
        Services.AddSingleton<IDemoData>(demo);
        var layout = Layout("<p>page</p>");
        Assert.Contains("Demo data", layout.Find(".demo").TextContent, StringComparison.Ordinal);

        await ClickAsync(layout.Find(".demo button"));

        layout.WaitForAssertion(() => Assert.Empty(layout.FindAll(".demo")));
    }

    [Fact]
    public void MainLayout_DemoSeenByAViewer_HasNoButtonToClearIt()
    {
        access.SetAuthorized("Vera").SetPolicies(Policies.Viewer);
        Services.AddSingleton<IDemoData>(new FakeDemo());

        Assert.Empty(Layout("<p>page</p>").FindAll(".demo button"));
    }

    [Fact]
    public async Task MainLayout_ClearingFails_SaysSoBesideTheButton()
    {
        access.SetAuthorized("Ada").SetPolicies(Policies.Admin);
        Services.AddSingleton<IDemoData>(new FakeDemo { Fault = "database is away" });
        var layout = Layout("<p>page</p>");

        await ClickAsync(layout.Find(".demo button"));

        Assert.Contains("database is away", layout.Find("[role=alert]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void MainLayout_PageThrows_KeepsTheShell()
    {
        var layout = Render<MainLayout>(p => p.Add(x => x.Body, builder => { builder.OpenComponent<Broken>(0); builder.CloseComponent(); }));

        Assert.Contains("This page failed", layout.Find("h1").TextContent, StringComparison.Ordinal);
        Assert.NotNull(layout.Find("nav[aria-label=Main]"));
    }

    [Fact]
    public void PageHeader_Crumbs_EndWithThePage()
    {
        var header = Render<PageHeader>(p => p.Add(x => x.Title, "gpt-4").Add(x => x.Purpose, "One line.").Add(x => x.Crumbs, [new Crumb("Change management"), new Crumb("Migrations", "/migrations")]));

        Assert.Equal(["Change management", "Migrations", "gpt-4"], header.FindAll("nav li").Select(li => li.TextContent));
        Assert.Equal("page", header.Find("nav li:last-child").GetAttribute("aria-current"));
        Assert.Single(header.FindAll("h1"));
    }

    [Fact]
    public void NavMenu_Entries_MarkTheOpenPageOnly()
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo("/migrations/mig_1");

        var menu = Render<NavMenu>();

        Assert.Equal("/migrations", menu.Find("a.active").GetAttribute("href"));
    }

    private IRenderedComponent<MainLayout> Layout(string page) => Render<MainLayout>(p => p.Add(x => x.Body, builder => builder.AddMarkupContent(0, page)));

    private sealed class Broken : ComponentBase
    {
        protected override void OnInitialized() => throw new InvalidOperationException("broken");
    }

    private sealed class BrokenDialog : ComponentBase
    {
        [Parameter]
        public string Verb { get; set; } = "";

        protected override void BuildRenderTree(RenderTreeBuilder builder)
        {
            builder.OpenElement(0, "button");
            builder.AddAttribute(1, "id", "deed");
            builder.AddAttribute(2, "onclick", EventCallback.Factory.Create(this, () => throw new InvalidOperationException("broken")));
            builder.AddContent(3, Verb);
            builder.CloseElement();
        }
    }

    private sealed class FakeDemo : IDemoData
    {
        public event Action? Changed;

        public string? Fault { get; init; }

        public bool Shown { get; private set; } = true;

        public Task ClearAsync(CancellationToken cancellation)
        {
            if (Fault is not null)
            {
                throw new InvalidOperationException(Fault);
            }

            Shown = false;
            Changed?.Invoke();
            return Task.CompletedTask;
        }
    }
}

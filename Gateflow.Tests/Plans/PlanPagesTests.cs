using System.Text.Json.Nodes;
using Bunit;
using Gateflow.Core.Access;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Deprecations;
using Gateflow.Dashboard.Migrations;
using Gateflow.Dashboard.Plans;
using Gateflow.Tests.Composition;
using Gateflow.Tests.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace Gateflow.Tests.Plans;

public sealed class PlanPagesTests
{
    private const string Model = "gpt-4o";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task FromDeprecations_APlanIsMade_AndStartsAMigrationPerFeature()
    {
        await using var host = await GateflowHost.StartAsync();
        await using var context = new PageTestContext(host);
        var at = context.Clock.GetUtcNow().AddDays(-2);
        await context.AddAsync(new UsageRollup
        {
            Hour = new DateTimeOffset(at.Year, at.Month, at.Day, at.Hour, 0, 0, TimeSpan.Zero), Node = "n", Model = Model, ServedModel = Model, Feature = "chat bot", KeyId = "key_a", Requests = 9,
        });
        var navigation = context.Services.GetRequiredService<NavigationManager>();
        var deprecations = context.Render<DeprecationsPage>();
        deprecations.WaitForAssertion(() => Assert.NotNull(deprecations.Find($"a[href='/plans/new?model={Model}']")));

        navigation.NavigateTo($"/plans/new?model={Model}");
        var form = context.Render<PlanEditPage>();
        form.WaitForAssertion(() => Assert.Equal(Model, form.Find("#plan-model").GetAttribute("value")));
        await context.ChangeAsync(form.Find("#plan-owner"), "platform");
        await context.SubmitAsync(form.Find("form"));
        form.WaitForState(() => navigation.Uri.Contains("/plans/plan_", StringComparison.Ordinal));

        var id = navigation.Uri.Split('/')[^1];
        var page = context.Render<PlanPage>(p => p.Add(x => x.Id, id));
        page.WaitForAssertion(() => Assert.Equal(
            $"/migrations/new?source={Model}&feature=chat%20bot", page.Find("tr[data-item='chat bot'] a.btn").GetAttribute("href")));
        Assert.Contains("0 of 1 done", page.Markup, StringComparison.Ordinal);

        var draft = (await host.Get<Drafting>().CreateAsync(new CreateMigration { SourceModel = Model, Feature = "chat bot" }, "Ada", Token)).Value!;
        context.Feed.Signal(draft.Id);
        page.WaitForAssertion(() => Assert.Equal($"/migrations/{draft.Id}/wizard", page.Find("tr[data-item='chat bot'] td a").GetAttribute("href")));
        Assert.Contains("Drafted", page.Find("tr[data-item='chat bot']").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Edit_ChangedByAnotherMeanwhile_KeepsTheirsAndRefusesToWriteOverIt()
    {
        await using var host = await GateflowHost.StartAsync();
        await using var context = new PageTestContext(host);
        var book = host.Get<PlanBook>();
        var id = (await book.CreateAsync(new JsonObject { ["model"] = Model, ["note"] = "Ask first.", ["deadline"] = "2030-01-14" }, "Ada", Token)).Value!.Id;
        var (mine, late) = (Edit(), Edit());
        await book.UpdateAsync(id, new JsonObject { ["owner"] = "platform", ["note"] = "Asked." }, "Grace", Token);

        await context.ChangeAsync(mine.Find("#plan-name"), "Off it");
        await context.SubmitAsync(mine.Find("form"));
        await context.ChangeAsync(late.Find("#plan-note"), "Ask twice.");
        await context.SubmitAsync(late.Find("form"));

        late.WaitForAssertion(() => Assert.StartsWith("Somebody else changed note meanwhile, at ", late.Find(".error p").TextContent, StringComparison.Ordinal));
        Assert.Equal("Ask twice.", late.Find("#plan-note").GetAttribute("value"));
        var stored = (await host.Get<PlanReader>().FindAsync(id, Token))!;
        Assert.Equal(("Off it", "platform", "Asked.", new DateOnly(2030, 1, 14)), (stored.Name, stored.Owner, stored.Note, stored.Deadline!.On));

        IRenderedComponent<PlanEditPage> Edit()
        {
            var page = context.Render<PlanEditPage>(p => p.Add(x => x.Id, id));
            page.WaitForState(() => page.Find("#plan-model").GetAttribute("value") == Model);
            return page;
        }
    }

    [Fact]
    public async Task New_Refused_TellsBesideTheField()
    {
        await using var host = await GateflowHost.StartAsync();
        await using var context = new PageTestContext(host);
        var form = context.Render<PlanEditPage>();

        await context.ChangeAsync(form.Find("#plan-model"), "gpt-nothing");
        await context.SubmitAsync(form.Find("form"));

        form.WaitForAssertion(() => Assert.Contains("not a known model", form.Find("#plan-model-fault").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task List_Viewer_OffersNothingToMake()
    {
        await using var host = await GateflowHost.StartAsync();
        await using var context = new PageTestContext(host, Role.Viewer);

        var page = context.Render<PlansPage>();

        page.WaitForAssertion(() => Assert.Contains("No plan yet", page.Markup, StringComparison.Ordinal));
        Assert.DoesNotContain("/plans/new", page.Markup, StringComparison.Ordinal);
    }
}

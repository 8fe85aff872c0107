using Bunit;
using Gateflow.Core.Access;
using Gateflow.Core.Alerts;
using Gateflow.Dashboard.Alerts;
using Gateflow.Dashboard.Audit;
using Gateflow.Dashboard.ChangeManagement;
using Gateflow.Dashboard.Features;
using Gateflow.Dashboard.Members;
using Gateflow.Tests.Composition;
using Gateflow.Tests.Shell;

namespace Gateflow.Tests.ChangeManagement;

public sealed class SettingsPagesTests(GateflowFixture program) : IClassFixture<GateflowFixture>
{
    private readonly GateflowHost host = program.Host;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Settings_Saved_AreThoseOfTheApi_AndFaultsStandAtTheirFields()
    {
        await using var context = new PageTestContext(host);
        var page = context.Render<SettingsPage>();
        await context.InputAsync(page.Find("#field-canary-percentage"), "15");
        await context.ChangeAsync(page.Find("#sample-rate"), "50");

        await context.SubmitAsync(page.Find("form"));

        page.WaitForAssertion(() => Assert.Contains("Saved.", page.Find("[role=status]").TextContent, StringComparison.Ordinal));
        var settings = await host.Get<ChangeBook>().ReadAsync(Token);
        Assert.Equal((15, 0.5), (settings["migration_defaults"]!["canary_percentage"]!.GetValue<double>(), settings["samples"]!["rate"]!.GetValue<double>()));

        await context.ChangeAsync(page.Find("#sample-retention_days"), "soon");
        await context.SubmitAsync(page.Find("form"));

        page.WaitForAssertion(() => Assert.Contains("whole number", page.Find("#sample-retention_days-note").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Pages_OfAViewer_HaveNoButtonThatTheyMayNotPress()
    {
        await using var context = new PageTestContext(host, Role.Viewer);

        Assert.Empty(context.Render<SettingsPage>().FindAll("button"));
        Assert.Empty(context.Render<FeaturesPage>().FindAll("button"));
        Assert.Empty(context.Render<MembersPage>().FindAll("button"));
        Assert.Empty(context.Render<AuditPage>().FindAll("button"));
        Assert.Empty(context.Render<AlertSettingsPage>().FindAll("button"));
    }

    [Fact]
    public async Task AlertSettings_Switched_AreStored()
    {
        await using var context = new PageTestContext(host);
        var page = context.Render<AlertSettingsPage>();
        await context.ChangeAsync(page.Find("tr[data-id='shadow.budget_reached'] input[role=switch]"), false);
        await context.ChangeAsync(page.Find("#alert-thresholds-hold-minutes"), "30");

        await context.SubmitAsync(page.Find("form"));

        page.WaitForAssertion(() => Assert.Contains("Saved.", page.Find("[role=status]").TextContent, StringComparison.Ordinal));
        Assert.Equal((false, 30), (host.Get<AlertPolicy>().Current.Raises(AlertEvents.ShadowBudget), host.Get<AlertPolicy>().Current.HoldMinutes));
    }

    [Fact]
    public async Task Invite_Valid_ShowsTheLinkOnce()
    {
        await using var context = new PageTestContext(host);
        var dialog = context.Render<MemberDialog>(p => p.Add(d => d.Actor, "Ada"));
        await context.ChangeAsync(dialog.Find("#member-name"), "Grace Hopper");
        await context.SubmitAsync(dialog.Find("form"));
        dialog.WaitForAssertion(() => Assert.Contains("ada@example.com", dialog.Find("#member-email-fault").TextContent, StringComparison.Ordinal));

        await context.ChangeAsync(dialog.Find("#member-email"), "grace@example.com");
        await context.SubmitAsync(dialog.Find("form"));

        dialog.WaitForAssertion(() => Assert.Contains("/invite?token=", dialog.Find(".secret code").TextContent, StringComparison.Ordinal));
        var page = context.Render<MembersPage>();
        Assert.Contains("Invited", page.Find("table").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("/invite", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Audit_Verified_SaysWhatWasFound()
    {
        await using var context = new PageTestContext(host);
        var page = context.Render<AuditPage>();

        await context.FireAsync(page.FindAll("button").Single(b => b.TextContent.Contains("Verify", StringComparison.Ordinal)), "onclick", new Microsoft.AspNetCore.Components.Web.MouseEventArgs());

        page.WaitForAssertion(() => Assert.Contains("The chain is whole", page.Find("[data-testid=verdict]").TextContent, StringComparison.Ordinal));
    }
}

using System.Text.Json.Nodes;
using Bunit;
using Gateflow.Core.Access;
using Gateflow.Core.Alerts;
using Gateflow.Core.Storage.Sqlite;
using Gateflow.Dashboard.Alerts;
using Gateflow.Dashboard.Audit;
using Gateflow.Dashboard.ChangeManagement;
using Gateflow.Dashboard.Features;
using Gateflow.Dashboard.Members;
using Gateflow.Dashboard.Parts;
using Gateflow.Tests.Composition;
using Gateflow.Tests.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

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
    public async Task Settings_OfTwoAdministrators_EachStoresOnlyWhatTheyChanged()
    {
        await using var context = new PageTestContext(host);
        var (mine, theirs) = (context.Render<SettingsPage>(), context.Render<SettingsPage>());
        await context.ChangeAsync(theirs.Find("#strategy"), "Shadow");
        await context.InputAsync(theirs.Find("#field-increase-step"), "7");
        await context.ChangeAsync(theirs.Find("#sample-retention_days"), "9");
        await SaveAsync(context, theirs, "Saved.");

        await context.InputAsync(mine.Find("#field-min-samples"), "80");
        await context.ChangeAsync(mine.Find("#sample-max_per_model"), "70");
        await SaveAsync(context, mine, "Saved.");

        var settings = await host.Get<ChangeBook>().ReadAsync(Token);
        var (defaults, samples) = (settings["migration_defaults"]!, settings["samples"]!);
        Assert.Equal(("shadow", 7, 80), (defaults["strategy"]!.GetValue<string>(), defaults["increase_step"]!.GetValue<double>(), defaults["min_samples"]!.GetValue<int>()));
        Assert.Equal((9, 70), (samples["retention_days"]!.GetValue<int>(), samples["max_per_model"]!.GetValue<int>()));
    }

    [Fact]
    public async Task Settings_DefaultCleared_IsGivenBack()
    {
        await using var context = new PageTestContext(host);
        var page = context.Render<SettingsPage>();
        await context.InputAsync(page.Find("#field-soak-minutes"), "45");
        await SaveAsync(context, page, "Saved.");

        await context.InputAsync(page.Find("#field-soak-minutes"), "");
        await SaveAsync(context, page, "Saved.");

        Assert.Null((await host.Get<ChangeBook>().ReadAsync(Token))["migration_defaults"]!["soak_minutes"]);
    }

    [Fact]
    public async Task Settings_ChangedByAnotherMeanwhile_AreRefusedAndStayTyped()
    {
        await using var context = new PageTestContext(host);
        var (mine, theirs) = (context.Render<SettingsPage>(), context.Render<SettingsPage>());
        await context.ChangeAsync(theirs.Find("#notice"), "44");
        await SaveAsync(context, theirs, "Saved.");

        await context.ChangeAsync(mine.Find("#notice"), "55");
        await SaveAsync(context, mine, "Somebody else changed deprecation_notice_days meanwhile.");

        Assert.Equal("55", mine.Find("#notice").GetAttribute("value"));
        Assert.Equal(44, (await host.Get<ChangeBook>().ReadAsync(Token))["deprecation_notice_days"]!.GetValue<int>());
    }

    [Fact]
    public async Task Settings_ChangedAfterSaving_AreNotSaidToBeSavedAndAskBeforeTheyAreLost()
    {
        await using var context = new PageTestContext(host);
        var (settings, alerts) = (context.Render<SettingsPage>(), context.Render<AlertSettingsPage>());
        await context.ChangeAsync(settings.Find("#sample-retention_days"), "21");
        await context.ChangeAsync(alerts.Find("#alert-thresholds-fallback-requests"), "12");

        await SavedAndChangedAsync(settings, "#sample-retention_days", "22");
        await SavedAndChangedAsync(alerts, "#alert-thresholds-fallback-requests", "13");

        async Task SavedAndChangedAsync<T>(IRenderedComponent<T> page, string field, string value)
            where T : class, IComponent
        {
            Assert.True(page.FindComponent<UnsavedChanges>().Instance.Exist);
            await SaveAsync(context, page, "Saved.");
            Assert.False(page.FindComponent<UnsavedChanges>().Instance.Exist);
            await context.ChangeAsync(page.Find(field), value);
            await context.ChangeAsync(page.Find("form"), value); // as the browser hands it on
            Assert.Equal("", page.Find("form [role=status]").TextContent);
            Assert.True(page.FindComponent<UnsavedChanges>().Instance.Exist);
        }
    }

    [Fact]
    public async Task Settings_WhileTheyAreSaved_TakeNothingThatWouldBeLost()
    {
        var broken = new BrokenDatabase();
        await using var own = await GateflowHost.StartAsync(services: s => s.ConfigureDbContext<SqliteDb>(o => o.AddInterceptors(broken)));
        await using var context = new PageTestContext(own);
        var (settings, alerts) = (context.Render<SettingsPage>(), context.Render<AlertSettingsPage>());
        await context.ChangeAsync(settings.Find("#notice"), "44");
        await context.ChangeAsync(alerts.Find("#alert-thresholds-hold-minutes"), "30");
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        var saved = Task.WhenAll(broken.HoldAsync(held.Task, () => context.SubmitAsync(settings.Find("form"))), broken.HoldAsync(held.Task, () => context.SubmitAsync(alerts.Find("form"))));

        settings.WaitForAssertion(() => Assert.True(settings.Find("form > fieldset").HasAttribute("disabled")));
        alerts.WaitForAssertion(() => Assert.True(alerts.Find("form > fieldset").HasAttribute("disabled")));
        held.SetResult();
        await saved;
        Assert.False(settings.Find("form > fieldset").HasAttribute("disabled"));
        Assert.False(alerts.Find("form > fieldset").HasAttribute("disabled"));
    }

    [Fact]
    public async Task AlertSettings_OfTwoAdministrators_EachStoresOnlyWhatTheyChanged()
    {
        await using var context = new PageTestContext(host);
        var (mine, theirs) = (context.Render<AlertSettingsPage>(), context.Render<AlertSettingsPage>());
        await context.ChangeAsync(theirs.Find($"tr[data-id='{AlertEvents.Deprecation}'] input[role=switch]"), false);
        await context.ChangeAsync(theirs.Find("#alert-thresholds-budget-percent"), "66");
        await SaveAsync(context, theirs, "Saved.");

        await context.ChangeAsync(mine.Find("#alert-deprecation-alerts-thresholds-planning"), "200");
        await SaveAsync(context, mine, "Saved.");
        await context.ChangeAsync(theirs.Find("#alert-deprecation-alerts-thresholds-planning"), "300");
        await SaveAsync(context, theirs, "Somebody else changed deprecation_alerts.thresholds.planning meanwhile.");

        var settings = host.Get<AlertPolicy>().Current;
        Assert.Equal((false, 66, 200), (settings.Raises(AlertEvents.Deprecation), settings.BudgetPercent, settings.PlanningDays));
    }

    [Fact]
    public async Task Member_ChangedByAnotherMeanwhile_KeepsWhatTheyChanged()
    {
        await using var context = new PageTestContext(host);
        var book = host.Get<MemberBook>();
        var member = (await book.InviteAsync(new JsonObject { ["name"] = "Edsger", ["email"] = "edsger@example.com", ["role"] = "operator" }, "Ada", Token)).Value!.View;
        var dialog = context.Render<MemberDialog>(p => p.Add(d => d.Actor, "Ada").Add(d => d.Member, member));
        await book.UpdateAsync(member.Id, new JsonObject { ["role"] = "viewer", ["disabled"] = true }, Token);

        await context.ChangeAsync(dialog.Find("#member-name"), "Edsger Dijkstra");
        await context.SubmitAsync(dialog.Find("form"));

        var now = (await book.FindAsync(member.Id, Token))!;
        Assert.Equal(("Edsger Dijkstra", Role.Viewer, MemberStatus.Disabled), (now.Name, now.Role, now.Status));
    }

    [Fact]
    public async Task Member_SameFieldChangedByAnotherMeanwhile_IsRefusedAndStaysTyped()
    {
        await using var context = new PageTestContext(host);
        var book = host.Get<MemberBook>();
        var member = (await book.InviteAsync(new JsonObject { ["name"] = "Barbara", ["email"] = "barbara@example.com", ["role"] = "operator" }, "Ada", Token)).Value!.View;
        var dialog = context.Render<MemberDialog>(p => p.Add(d => d.Actor, "Ada").Add(d => d.Member, member));
        await book.UpdateAsync(member.Id, new JsonObject { ["role"] = "viewer" }, Token);

        await context.ChangeAsync(dialog.Find("#member-role"), "Admin");
        await context.SubmitAsync(dialog.Find("form"));

        dialog.WaitForAssertion(() => Assert.StartsWith("Somebody else changed role meanwhile", dialog.Find(".error p").TextContent, StringComparison.Ordinal));
        Assert.Equal(Role.Viewer, (await book.FindAsync(member.Id, Token))!.Role);
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

    private static async Task SaveAsync<T>(PageTestContext context, IRenderedComponent<T> page, string told)
        where T : IComponent
    {
        await context.SubmitAsync(page.Find("form"));
        page.WaitForAssertion(() => Assert.StartsWith(told, page.Find("form [role=status]").TextContent, StringComparison.Ordinal));
    }
}

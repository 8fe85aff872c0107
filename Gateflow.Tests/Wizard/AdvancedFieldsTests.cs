using System.Text.Json.Nodes;
using Bunit;
using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Prompts;
using Gateflow.Dashboard.Wizard;
using Microsoft.Extensions.DependencyInjection;

namespace Gateflow.Tests.Wizard;

/// <summary>Hours, blackouts, drain and approvals as a person sets them in step 5.</summary>
public sealed class AdvancedFieldsTests : WizardBench
{
    [Fact]
    public async Task Fields_Filled_AreStoredOnLeavingAndShownAgain()
    {
        var id = await DraftAsync();
        var page = Open(id, WizardStep.Configure);

        await InputAsync(page.Find("#field-windows"), "Mon-Thu 09:00-16:00 Europe/Berlin");
        await InputAsync(page.Find("#field-blackouts"), "2026-12-24 00:00 - 2027-01-02 06:00");
        await InputAsync(page.Find("#field-approvals-required"), "2");
        await ChangeAsync(page.Find("#drain"), "true");
        await page.InvokeAsync(() => Navigation.NavigateTo("/migrations"));

        page.WaitForAssertion(() => Assert.True(StateAsync(id).GetAwaiter().GetResult().Configured));
        var config = (await StateAsync(id)).View.Config;
        Assert.Equal((2, true), (config.ApprovalsRequired, config.Drain));
        var window = Assert.Single(config.Windows);
        Assert.Equal([DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday], window.Days);
        Assert.Equal((new TimeOnly(9, 0), new TimeOnly(16, 0), "Europe/Berlin"), (window.From, window.To, window.TimeZone));
        Assert.Equal(new DateTimeOffset(2026, 12, 24, 0, 0, 0, TimeSpan.Zero), Assert.Single(config.Blackouts).From);

        page = Open(id, WizardStep.Configure);
        Assert.Equal("Mon,Tue,Wed,Thu 09:00-16:00 Europe/Berlin", page.Find("#field-windows").GetAttribute("value"));
        Assert.Equal("2026-12-24 00:00 - 2027-01-02 06:00", page.Find("#field-blackouts").GetAttribute("value"));
        Assert.Equal("2", page.Find("#field-approvals-required").GetAttribute("value"));
        Assert.True(page.Find("#drain option[value=true]").HasAttribute("selected"));
    }

    [Theory]
    [InlineData("windows", "Mon-Fri nine to five", "“Mon-Fri nine to five” is not understood.")]
    [InlineData("blackouts", "2027-01-02 00:00 - 2026-12-24 00:00", "a blackout must end after it begins")]
    public async Task Lines_Wrong_SaySoBesideTheFieldAndHoldThePage(string field, string typed, string message)
    {
        var id = await DraftAsync();
        var page = Open(id, WizardStep.Configure);

        await InputAsync(page.Find($"#field-{field}"), typed);

        page.WaitForAssertion(() => Assert.StartsWith(message, page.Find($"#field-{field}-note").TextContent, StringComparison.Ordinal));
        Assert.Equal("true", page.Find($"#field-{field}").GetAttribute("aria-invalid"));
        Assert.True(page.Find($"details:has(#field-{field})").HasAttribute("open"));
        Assert.DoesNotContain(page.FindAll("footer a.primary"), a => a.TextContent == "Continue");
    }

    [Fact]
    public async Task Lines_Mended_LeaveThePanelOpen()
    {
        var id = await DraftAsync();
        var page = Open(id, WizardStep.Configure);

        await InputAsync(page.Find("#field-windows"), "Mon-Fri 09:00");
        await InputAsync(page.Find("#field-windows"), "Mon-Fri 09:00-17:00 UTC");

        Assert.Null(page.Find("#field-windows").GetAttribute("aria-invalid"));
        Assert.True(page.Find("details:has(#field-windows)").HasAttribute("open"));
    }

    [Fact]
    public async Task Prompt_Chosen_IsStoredAndToldInTheReview()
    {
        var prompts = Services.GetRequiredService<PromptBook>();
        var id = await DraftAsync();
        Assert.Contains("None is stored yet", Open(id, WizardStep.Configure).Find("#prompt-version-note").TextContent, StringComparison.Ordinal);
        var prompt = (await prompts.CreateAsync(new JsonObject { ["name"] = "support-reply", ["text"] = "Help {{name}}." }, "Ada", Token)).Value!;
        await prompts.AddAsync(prompt.Id, new JsonObject { ["text"] = "Please help {{name}}." }, "Ada", Token);

        var page = Open(id, WizardStep.Configure);
        page.WaitForAssertion(() => Assert.Equal(["", "support-reply@2", "support-reply@1"], page.FindAll("#prompt-version option").Select(o => o.GetAttribute("value"))));
        await ChangeAsync(page.Find("#prompt-version"), "support-reply@1");
        await page.InvokeAsync(() => Navigation.NavigateTo("/migrations"));

        page.WaitForAssertion(() => Assert.Equal("support-reply@1", StateAsync(id).GetAwaiter().GetResult().View.Config.PromptVersion));
        Assert.True(Open(id, WizardStep.Configure).Find("#prompt-version option[value='support-reply@1']").HasAttribute("selected"));
        Assert.Contains("support-reply@1 is named as the wording", Open(id, WizardStep.Review).Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Approvals_Wrong_SaysSo()
    {
        var id = await DraftAsync();
        var page = Open(id, WizardStep.Configure);

        await InputAsync(page.Find("#field-approvals-required"), "-1");

        page.WaitForAssertion(() => Assert.Equal("true", page.Find("#field-approvals-required").GetAttribute("aria-invalid")));
        Assert.Equal(new MigrationConfig().ApprovalsRequired, (await StateAsync(id)).View.Config.ApprovalsRequired);
    }
}

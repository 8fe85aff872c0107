using Bunit;
using Gateflow.Dashboard.Wizard;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Tests.Wizard;

public sealed class ConfigureStepTests : WizardBench
{
    [Fact]
    public async Task Configure_GuardrailCleared_AsksForALimitAndStaysArmed()
    {
        var id = await DraftAsync();
        var page = Open(id, WizardStep.Configure);
        await ChangeAsync(page.Find("#arm-latency_p99_increase"), true);

        await InputAsync(page.Find("#field-rollback-threshold-error-rate"), "");

        Assert.Equal("Enter a limit, or switch it off.", page.Find("#field-rollback-threshold-error-rate-note").TextContent);
        Assert.NotEmpty(page.FindAll("#field-rollback-threshold-latency-p99-increase"));
        Assert.Null(Continue(page));
        await ChangeAsync(page.Find("#arm-error_rate"), false);
        Assert.Empty(page.FindAll("#field-rollback-threshold-error-rate"));
        Assert.NotNull(Continue(page));
    }

    [Fact]
    public async Task Configure_DatabaseAway_KeepsThePageAndWhatWasTyped()
    {
        var id = await DraftAsync();
        var page = Open(id, WizardStep.Configure);
        await InputAsync(page.Find("#field-canary-percentage"), "25");
        await using var db = Database();

        await db.Database.ExecuteSqlRawAsync("ALTER TABLE Migrations RENAME TO Away", Token);
        await page.InvokeAsync(() => Navigation.NavigateTo("/migrations"));
        page.WaitForAssertion(() => Assert.StartsWith("Not saved, the database refused:", page.Find(".error p").TextContent, StringComparison.Ordinal));

        await db.Database.ExecuteSqlRawAsync("ALTER TABLE Away RENAME TO Migrations", Token);
        await page.InvokeAsync(() => Navigation.NavigateTo("/migrations"));
        page.WaitForAssertion(() => Assert.Equal(25, StateAsync(id).GetAwaiter().GetResult().View.Config.CanaryPercentage));
    }

    [Fact]
    public async Task Configure_Wrong_SaysSoBesideTheFieldAndHoldsOnePageBack()
    {
        var id = await DraftAsync();
        var page = Open(id, WizardStep.Configure);

        await InputAsync(page.Find("#field-canary-percentage"), "120");
        page.WaitForState(() => Continue(page) is null);

        Assert.Equal("The first step must lie between 0.01 and 100.", page.Find("#field-canary-percentage-note").TextContent);
        Assert.Equal("A field is wrong.", page.Find("[data-testid=wizard-why]").TextContent);
        await page.InvokeAsync(() => Navigation.NavigateTo(WizardSteps.Url(id, WizardStep.Review)));
        page.WaitForAssertion(() => Assert.Contains("Not saved: a field is wrong.", page.Markup, StringComparison.Ordinal));
        Assert.Equal(10, (await StateAsync(id)).View.Config.CanaryPercentage);
    }

    [Fact]
    public async Task Configure_Leaving_Saves()
    {
        var id = await DraftAsync();
        var page = Open(id, WizardStep.Configure);

        await InputAsync(page.Find("#field-canary-percentage"), "25");
        await page.InvokeAsync(() => Navigation.NavigateTo("/migrations"));

        page.WaitForAssertion(() => Assert.Equal(25, StateAsync(id).GetAwaiter().GetResult().View.Config.CanaryPercentage));
        Assert.True((await StateAsync(id)).Configured);
    }

    [Fact]
    public async Task Configure_DefaultsAcceptedByGoingOn_CountAsConfigured()
    {
        var id = await DraftAsync();
        var page = Open(id, WizardStep.Configure);
        var before = (await StateAsync(id)).Configured;

        await page.InvokeAsync(() => Navigation.NavigateTo(WizardSteps.Url(id, WizardStep.Review)));
        page.WaitForElement("[data-testid=start-migration]");

        Assert.False(before);
        Assert.True((await StateAsync(id)).Configured);
    }

    [Fact]
    public async Task Configure_DemoPace_EndsWithinMinutes()
    {
        var id = await DraftAsync();
        var page = Open(id, WizardStep.Configure);

        await ClickAsync(page.FindAll("button").First(b => b.TextContent.Contains("Demo pace", StringComparison.Ordinal)));

        Assert.Equal("20", page.Find("#field-canary-percentage").GetAttribute("value"));
        Assert.Equal("0.2", page.Find("#field-increase-interval-minutes").GetAttribute("value"));
    }
}

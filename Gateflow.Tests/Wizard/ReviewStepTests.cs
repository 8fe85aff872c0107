using System.Text.Json.Nodes;
using Bunit;
using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Live;
using Gateflow.Dashboard.Migrations;
using Gateflow.Dashboard.Wizard;
using Microsoft.Extensions.DependencyInjection;

namespace Gateflow.Tests.Wizard;

public sealed class ReviewStepTests : WizardBench
{
    [Fact]
    public async Task Review_Start_ExecutesAndOpensTheLivePage()
    {
        await UseAsync();
        var id = await DraftAsync();
        var page = Open(id, WizardStep.Review);

        await ClickAsync(page.Find("[data-testid=start-migration]"));

        page.WaitForState(() => Navigation.Uri.EndsWith($"/migrations/{id}", StringComparison.Ordinal));
        Assert.Equal(MigrationStatus.InProgress, (await StateAsync(id)).View.Status);
    }

    [Fact]
    public async Task Review_ReadAnewWhileItStarts_WaitsForTheStart()
    {
        var id = await DraftAsync();
        var page = Open(id, WizardStep.Review);

        await ReloadAmidAsync(page, () => ClickAsync(page.Find("[data-testid=start-migration]")), () => Assert.NotEmpty(page.FindAll("[data-testid=start-migration]")));

        page.WaitForState(() => Navigation.Uri.EndsWith($"/migrations/{id}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Review_CancelledBySomebodyElse_TellsOfNothingUnsaved()
    {
        var id = await DraftAsync();
        var page = Open(id, WizardStep.Review);

        await Services.GetRequiredService<Conduct>().CancelAsync(id, "Bob", null, Token);
        await BeatAsync(Refreshing.Beat, () => Navigation.Uri.EndsWith($"/migrations/{id}", StringComparison.Ordinal));

        Assert.Empty(page.FindAll(".empty"));
    }

    [Fact]
    public async Task Review_Shadow_Starts()
    {
        var id = await DraftAsync();
        await Drafting.ConfigureAsync(id, new JsonObject { ["strategy"] = "shadow" }, "Ada", Token);
        var page = Open(id, WizardStep.Review);

        await ClickAsync(page.Find("[data-testid=start-migration]"));

        page.WaitForState(() => Navigation.Uri.EndsWith($"/migrations/{id}", StringComparison.Ordinal));
        Assert.Equal((MigrationStatus.InProgress, 0.0), ((await StateAsync(id)).View.Status, (await StateAsync(id)).View.Progress.TrafficOnTarget));
    }

    [Fact]
    public async Task Review_Scheduled_IsNotStartedByASecondPressNorFromTheReview()
    {
        var id = await ScheduledAsync("2099-01-01T00:00:00Z");
        var state = await StateAsync(id);
        var step = Render<ReviewStep>(p => p.Add(x => x.State, state).Add(x => x.Acting, new Acting("Ada", true)));
        Assert.Equal("Schedule the migration", step.Find("[data-testid=start-migration]").TextContent);

        await ClickAsync(step.Find("[data-testid=start-migration]"));
        await ClickAsync(step.Find("[data-testid=start-migration]"));
        Assert.Empty(step.FindAll(".error"));
        Assert.Equal(MigrationStatus.Scheduled, (await StateAsync(id)).View.Status);

        var page = Open(id, WizardStep.Review);
        Assert.Empty(page.FindAll("[data-testid=start-migration]"));
        Assert.Equal("Starts by itself at 2099-01-01 00:00 UTC.", page.Find("[data-testid=scheduled]").TextContent);
        Assert.NotEmpty(page.FindAll($"a[href='/migrations/{id}']"));
    }

    [Fact]
    public async Task Review_ScheduledBySomebodyElse_IsNotStarted()
    {
        var id = await ScheduledAsync("2099-01-01T00:00:00Z");
        var page = Open(id, WizardStep.Review);
        await Services.GetRequiredService<Conduct>().ExecuteAsync(id, "Bob", null, Token);

        await ClickAsync(page.Find("[data-testid=start-migration]"));

        page.WaitForAssertion(() => Assert.Contains("reload the page", page.Find(".error").TextContent, StringComparison.Ordinal));
        Assert.Equal(MigrationStatus.Scheduled, (await StateAsync(id)).View.Status);
    }

    [Fact]
    public async Task Review_HourIsPast_StartsNowAndSaysSo()
    {
        var id = await ScheduledAsync("2020-01-01T00:00:00Z");

        Assert.Equal("Start now", Open(id, WizardStep.Review).Find("[data-testid=start-migration]").TextContent);
    }

    [Fact]
    public async Task Review_Viewer_HasNoStart()
    {
        var id = await DraftAsync();
        SignIn(viewer: true);

        var page = Open(id, WizardStep.Review);

        Assert.Empty(page.FindAll("[data-testid=start-migration]"));
    }

    [Fact]
    public async Task Review_TargetChangedBySomebodyElse_IsNotStarted()
    {
        var id = await DraftAsync();
        var state = await StateAsync(id);
        var step = Render<ReviewStep>(p => p.Add(x => x.State, state).Add(x => x.Acting, new Acting("Ada", true)));
        await Drafting.ConfigureAsync(id, new JsonObject { ["target_model"] = "gpt-4o" }, "Bob", Token);

        await ClickAsync(step.Find("[data-testid=start-migration]"));

        Assert.StartsWith("Its target or configuration changed meanwhile.", step.Find(".error p").TextContent, StringComparison.Ordinal);
        Assert.Equal(MigrationStatus.Draft, (await StateAsync(id)).View.Status);
    }
}

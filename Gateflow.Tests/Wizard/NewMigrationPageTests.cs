using Bunit;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Wizard;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Gateflow.Tests.Wizard;

public sealed class NewMigrationPageTests : WizardBench
{
    [Fact]
    public async Task Open_ModelsInUse_StandThereTheRetiringFirst()
    {
        await UseAsync(9000, "gpt-6-luna");
        await UseAsync(100);

        var page = Open();

        Assert.Equal(["gpt-4", "gpt-6-luna"], page.FindAll("input[name=source]").Select(i => i.GetAttribute("value")));
        Assert.Contains("retires in 23 days", page.Markup.Replace('\u00a0', ' '), StringComparison.Ordinal);
    }

    [Fact]
    public void Create_NothingChosen_SaysSo()
    {
        var page = Open();

        _ = SubmitAsync(page.Find("form"));

        page.WaitForAssertion(() => Assert.Equal("Choose a model first.", page.Find("#new-why").TextContent));
    }

    [Fact]
    public async Task Create_FromTheUrl_AsksOnceAndMakesTheDraft()
    {
        await UseAsync();
        var page = Open("?source=gpt-4");
        var before = await CountAsync();

        await InputAsync(page.Find("#name"), "Off gpt-4");
        await SubmitAsync(page.Find("form"));

        Assert.Equal(0, before);
        Assert.Equal(1, await CountAsync());
        page.WaitForAssertion(() => Assert.EndsWith("/wizard?step=analysis", Navigation.Uri, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Create_PressedTwice_MakesOneDraft()
    {
        await UseAsync();
        var page = Open();
        await ChangeAsync(page.Find("input[name=source]"), "gpt-4");

        await SubmitAsync(page.Find("form"));
        await SubmitAsync(page.Find("form"));

        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task Create_FromATemplate_TakesItsTarget()
    {
        await UseAsync();
        var page = Open("?template=gpt-4-to-gpt-5.6-sol");

        await SubmitAsync(page.Find("form"));
        page.WaitForState(() => Navigation.Uri.Contains("/wizard", StringComparison.Ordinal));

        var id = Navigation.Uri.Split('/')[^2];
        Assert.Equal(("gpt-4", "gpt-5.6-sol"), ((await StateAsync(id)).View.SourceModel, (await StateAsync(id)).View.TargetModel!));
    }

    [Fact]
    public async Task Create_UnknownSource_ShowsTheApisRefusal()
    {
        var page = Open("?source=gpt-nothing");

        await SubmitAsync(page.Find("form"));

        page.WaitForAssertion(() => Assert.Contains("'gpt-nothing' is not a known model", page.Find(".error").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Type_NameTooLong_SaysSoWhileTyping()
    {
        var page = Open("?source=gpt-4");

        await InputAsync(page.Find("#name"), new string('x', 201));

        Assert.Contains("at most 200 characters", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_Viewer_HasNoForm()
    {
        SignIn(viewer: true);

        Assert.Empty(Open("?source=gpt-4").FindAll("form"));
    }

    private IRenderedComponent<NewMigrationPage> Open(string query = "")
    {
        Navigation.NavigateTo("/migrations/new" + query);
        var page = Render<NewMigrationPage>();
        page.WaitForState(() => page.FindAll(".skeleton").Count == 0);
        return page;
    }

    private async Task<int> CountAsync()
    {
        await using var db = await Services.GetRequiredService<IDbContextFactory<GateflowDb>>().CreateDbContextAsync(Token);
        return await db.Migrations.CountAsync(Token);
    }
}

using Bunit;
using Gateflow.Dashboard.Prompts;
using Gateflow.Tests.Composition;
using Gateflow.Tests.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace Gateflow.Tests.Prompts;

public sealed class PromptPagesTests
{
    [Fact]
    public async Task Prompt_IsMade_GetsAVersionAndShowsWhatChanged()
    {
        await using var host = await GateflowHost.StartAsync();
        await using var context = new PageTestContext(host);
        var navigation = context.Services.GetRequiredService<NavigationManager>();
        var form = context.Render<NewPromptPage>();
        await context.ChangeAsync(form.Find("#prompt-name"), "greeting");
        await context.ChangeAsync(form.Find("#prompt-text"), "Say hello to {{name}}.");
        await context.SubmitAsync(form.Find("form"));
        form.WaitForState(() => navigation.Uri.Contains("/prompts/prompt_", StringComparison.Ordinal));

        var page = context.Render<PromptPage>(p => p.Add(x => x.Id, navigation.Uri.Split('/')[^1]));
        page.WaitForAssertion(() => Assert.Contains("Say hello to {{name}}.", page.Find("[data-testid=version]").TextContent, StringComparison.Ordinal));
        await context.ClickAsync(page.Find("button.primary"));
        await context.ChangeAsync(page.Find("#prompt-text"), "Say goodbye to {{name}}.");
        await context.SubmitAsync(page.Find("[data-testid=version-form]"));

        page.WaitForAssertion(() => Assert.Equal("goodbye", page.Find("[data-testid=version] ins").TextContent));
        Assert.Equal("hello", page.Find("[data-testid=version] del").TextContent);
        Assert.EndsWith("?version=2", navigation.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public void Draft_TwoVariantsOfOneModel_SaysSo()
    {
        var draft = new VersionDraft { Text = "x" };
        draft.Add();
        Assert.Equal("Name the model of each variant.", draft.Fault());
        draft.Variants[0].Model = "gpt-4o";
        draft.Add();
        draft.Variants[1].Model = " gpt-4o ";

        Assert.Equal("'gpt-4o' has two variants.", draft.Fault());
    }
}

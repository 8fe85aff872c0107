using Bunit;
using Gateflow.Dashboard.Migrations;
using Gateflow.Dashboard.Templates;
using Gateflow.Tests.Composition;
using Gateflow.Tests.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace Gateflow.Tests.Templates;

public sealed class TemplatePagesTests
{
    [Fact]
    public async Task Save_AMigration_StandsInTheListAndCanBeUsed()
    {
        await using var host = await GateflowHost.StartAsync();
        await using var context = new PageTestContext(host);
        var navigation = context.Services.GetRequiredService<NavigationManager>();
        var draft = (await host.Get<Drafting>().CreateAsync(new CreateMigration { SourceModel = "gpt-4", TargetModel = "gpt-4o" }, "Ada", TestContext.Current.CancellationToken)).Value!;
        navigation.NavigateTo($"/templates/new?migration={draft.Id}");
        var form = context.Render<NewTemplatePage>();
        form.WaitForState(() => form.FindAll("form").Count == 1);

        await context.SubmitAsync(form.Find("form"));
        form.WaitForAssertion(() => Assert.Equal("name is required.", form.Find("#template-name-fault").TextContent));
        await context.ChangeAsync(form.Find("#template-name"), "Our canary");
        await context.SubmitAsync(form.Find("form"));
        form.WaitForState(() => navigation.Uri.EndsWith("/templates", StringComparison.Ordinal));

        var page = context.Render<TemplatesPage>();
        page.WaitForState(() => page.FindAll("[data-testid=templates] tbody tr").Count > 1);
        var row = page.Find("[data-testid=templates] tbody tr");
        Assert.Contains("Our canary", row.TextContent, StringComparison.Ordinal);
        Assert.Contains("Canary from 10\u00a0%", row.TextContent, StringComparison.Ordinal);
        Assert.StartsWith("/migrations/new?template=tmpl_", row.QuerySelector("a.btn")!.GetAttribute("href"), StringComparison.Ordinal);
        Assert.NotNull(row.QuerySelector("button.danger"));
        Assert.Null(page.FindAll("[data-testid=templates] tbody tr")[1].QuerySelector("button.danger"));

        navigation.NavigateTo("/templates?q=claude-2");
        page.WaitForAssertion(() => Assert.All(page.FindAll("[data-testid=templates] tbody tr"), r => Assert.Contains("claude-2", r.TextContent, StringComparison.Ordinal)));
    }
}

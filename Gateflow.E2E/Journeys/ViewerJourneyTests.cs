using System.Text.RegularExpressions;
using Gateflow.E2E.Hosting;
using Microsoft.Playwright;

namespace Gateflow.E2E.Journeys;

/// <summary>A member who may look and nothing else.</summary>
public sealed partial class ViewerJourneyTests(DemoFixture demo) : DemoJourney(demo)
{
    private const string Email = "vera@example.com";
    private const string Password = "four plain words here";

    [Fact]
    public async Task Viewer_Invited_SeesEveryPageAndNoButtonThatChangesAnything()
    {
        var id = await Api.StartCanaryAsync("gpt-4", "gpt-6.1-terra", new { canary_percentage = 10, increase_interval_minutes = 60 });
        var draft = (await Api.CallAsync(HttpMethod.Post, "/migrations", new { source_model = "gpt-4", target_model = "gpt-5.6-sol", analyze = true }))["migration_id"]!.GetValue<string>();
        var admin = await Demo.SignedInAsync();
        await admin.GoAsync("/settings/members");
        await admin.Button("Invite member").First.ClickAsync();
        await admin.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("Vera Viewer");
        await admin.Page.GetByLabel("Email", new() { Exact = true }).FillAsync(Email);
        await admin.Page.GetByLabel("Role", new() { Exact = true }).SelectOptionAsync("Viewer");
        await admin.Button("Make invitation").ClickAsync();
        var link = await admin.Page.GetByTestId("invitation").Locator("code").InnerTextAsync();

        var vera = await Demo.Browser.VisitAsync(Demo.Gateflow.Url);
        await vera.Page.GotoAsync(link);
        await vera.Page.GetByLabel("Password", new() { Exact = true }).FillAsync(Password);
        await vera.Page.GetByLabel("Once more").FillAsync(Password);
        await vera.Button("Set password and sign in").ClickAsync();
        await vera.Page.WaitForURLAsync(new Regex("/$"));

        List<string> seen = [];
        string[] deep = [$"/migrations/{id}", .. new[] { "analysis", "recommendations", "compatibility", "test", "configure", "review" }.Select(step => $"/migrations/{draft}/wizard?step={step}")];
        foreach (var path in (await NavigationAsync(vera)).Concat(deep))
        {
            await vera.GoAsync(path);
            await Assertions.Expect(vera.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
            var offered = await vera.Page.Locator("main :is(button:enabled, a.btn)").EvaluateAllAsync<string[]>("all => all.filter(e => e.checkVisibility()).map(e => e.getAttribute('aria-label') ?? e.innerText.trim())");
            seen.AddRange(offered.Where(name => Changes().IsMatch(name)).Select(name => $"{path}: {name}"));
        }

        Assert.True(seen.Count == 0, string.Join('\n', seen));
        var answer = await vera.Page.Context.APIRequest.PostAsync($"{Demo.Gateflow.Url}/v1/management/migrations/{id}/rollback", new() { DataObject = new { reason = "Let me" } });
        Assert.True(answer.Status is 401 or 403, $"{answer.Status}");
        Assert.Equal("in_progress", await Api.StatusAsync(id));
        var live = await LivePage.GoAsync(admin, id);
        await Assertions.Expect(live.Action("Roll back")).ToBeVisibleAsync();
        Assert.Empty(admin.Faults);
    }

    /// <summary>How buttons begin that change something for everybody.</summary>
    [GeneratedRegex("^(new|add|create|invite|import|edit|change|remove|delete|clear|revoke|roll|pause|resume|approve|advance|promote|cancel|start|save|test|practise|make|write|use|run|check again|analyse|turn|enable|disable|send|switch|reorder|move|apply|undo|retire|demo pace|acknowledge|sync)", RegexOptions.IgnoreCase)]
    private static partial Regex Changes();
}

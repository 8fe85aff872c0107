using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Gateflow.E2E.Hosting;
using Microsoft.Playwright;

namespace Gateflow.E2E.Journeys;

/// <summary>A person rolls back; a manager reads its story, notes what follows and takes the numbers along.</summary>
public sealed class ManualRollbackJourneyTests(DemoFixture demo) : DemoJourney(demo)
{
    [Fact]
    public async Task RollBack_ByHand_NeedsAReasonAndIsKeptWithNoteCsvAndEvidence()
    {
        const string Reason = "Answers to code reviews, \"too short\"";
        const string Note = "Ask for longer answers, then try again.";
        var id = await Api.StartCanaryAsync("gpt-4", "claude-sonnet-5-5", new { canary_percentage = 30, increase_interval_minutes = 60 });
        var visitor = await Demo.SignedInAsync();
        var page = visitor.Page;
        var live = await LivePage.GoAsync(visitor, id);

        await live.AskAsync("Roll back");
        await live.ConfirmAsync();
        await Assertions.Expect(live.Missing).ToContainTextAsync("Say why");
        Assert.Equal("in_progress", await Api.StatusAsync(id));
        await page.GetByLabel("Reason", new() { Exact = true }).FillAsync(Reason);
        await live.ConfirmAsync();
        await live.ShowsAsync("Rolled back");
        await Assertions.Expect(live.Story).ToContainTextAsync(Reason);

        await visitor.Link("Open in rollback history").ClickAsync();
        await page.WaitForURLAsync(new Regex($"/rollbacks/{id}$"));
        await visitor.Button("Write a note").ClickAsync();
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Follow-up note" }).FillAsync(Note);
        await visitor.Button("Save note").ClickAsync();
        await Assertions.Expect(page.GetByTestId("note")).ToHaveTextAsync(Note);

        var json = JsonNode.Parse(await DownloadAsync(page, page.GetByTestId("evidence-pack").GetByText("JSON")))!;
        Assert.Equal(id, json["migration"]?["migration_id"]?.GetValue<string>());
        var markdown = await DownloadAsync(page, page.GetByTestId("evidence-pack").GetByText("Markdown"));
        Assert.Contains(id, markdown, StringComparison.Ordinal);
        Assert.Contains("claude-sonnet-5-5", markdown, StringComparison.Ordinal);

        await visitor.GoAsync("/rollbacks?model=claude-sonnet-5-5");
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "gpt-4 to claude-sonnet-5-5" })).ToBeVisibleAsync();
        var lines = (await DownloadAsync(page, visitor.Link("Export CSV"))).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("migration_id,source_model,target_model,at,automatic,reason,", lines[0], StringComparison.Ordinal);
        var line = Assert.Single(lines[1..]);
        Assert.StartsWith($"{id},gpt-4,claude-sonnet-5-5,", line, StringComparison.Ordinal);
        Assert.Contains("\"Answers to code reviews, \"\"too short\"\"\"", line, StringComparison.Ordinal);
        Assert.Contains(Note, line, StringComparison.Ordinal);
        Assert.Empty(visitor.Faults);
    }

    private static async Task<string> DownloadAsync(IPage page, ILocator link)
    {
        var download = await page.RunAndWaitForDownloadAsync(() => link.ClickAsync());
        await using var content = await download.CreateReadStreamAsync();
        using var reader = new StreamReader(content);
        return await reader.ReadToEndAsync();
    }
}

using Bunit;
using Gateflow.Core.Access;
using Gateflow.Core.Migrations;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Search;
using Gateflow.Tests.Composition;
using Gateflow.Tests.Shell;

namespace Gateflow.Tests.Search;

public sealed class SearchTests(GateflowFixture program) : IClassFixture<GateflowFixture>
{
    private readonly GateflowHost host = program.Host;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Search_OfEachKind_FindsItWithItsPage()
    {
        await using var context = new PageTestContext(host);
        var now = context.Clock.GetUtcNow();
        var migration = new Migration { Id = Ids.New("mig", now), Name = "Leave the Zebra", SourceModel = "gpt-4", CreatedAt = now, CreatedBy = "Ada" };
        var rollup = new UsageRollup { Hour = new DateTimeOffset(now.Year, now.Month, now.Day, now.Hour, 0, 0, TimeSpan.Zero), Node = "n", Model = "gpt-4", ServedModel = "gpt-4", Feature = "zebra-chat", KeyId = "key_1", Requests = 1 };
        var request = new RequestRow { Id = "req_zebra0123456789", At = now, KeyId = "key_1", RequestedModel = "gpt-4", Model = "gpt-4", Status = 200 };
        await context.AddAsync(migration, rollup, request);
        var search = host.Get<SearchReader>();

        var zebra = await search.FindAsync(" zEbRa ", Token);
        Assert.Equal(
            [new SearchHit(SearchKind.Migration, "Leave the Zebra", "gpt-4 → no target yet, draft", $"/migrations/{migration.Id}/wizard"), new SearchHit(SearchKind.Feature, "zebra-chat", "its usage of 30 days", "/usage?feature=zebra-chat")],
            zebra.Hits);
        Assert.Equal("/rollbacks", Assert.Single((await search.FindAsync("rollback h", Token)).Hits, h => h.Kind == SearchKind.Page).Href);
        Assert.Equal("gpt-4o-mini", (await search.FindAsync("GPT-4O-MINI", Token)).Hits.First(h => h.Kind == SearchKind.Model).Title);
        Assert.Equal("/requests/req_zebra0123456789", Assert.Single((await search.FindAsync("req_ZEBRA0", Token)).Hits).Href);
        Assert.Empty((await search.FindAsync("no such thing at all", Token)).Hits);
        Assert.Contains("\"kind\":\"feature\"", await host.Client.GetStringAsync("/v1/management/search?q=zebra", Token), StringComparison.Ordinal);
        using var empty = await host.Client.GetAsync("/v1/management/search?q=", Token);
        Assert.Equal(System.Net.HttpStatusCode.UnprocessableEntity, empty.StatusCode);
    }

    [Fact]
    public async Task Dialog_TypedInto_ShowsWhatIsFoundByKind()
    {
        await using var context = new PageTestContext(host);
        var dialog = context.Render<SearchDialog>();
        Assert.Contains("paste a request id", dialog.Markup, StringComparison.Ordinal);

        await context.InputAsync(dialog.Find("input"), "deprec");

        dialog.WaitForAssertion(() => Assert.Equal("/deprecations", dialog.Find("section[aria-label=Pages] a").GetAttribute("href")));
        await context.InputAsync(dialog.Find("input"), "there is no such name");
        dialog.WaitForAssertion(() => Assert.Contains("Nothing is called “there is no such name”.", dialog.Markup, StringComparison.Ordinal));
    }
}

using System.Net;
using Gateflow.Core.Access;
using Gateflow.Core.Catalog;
using Gateflow.Core.Providers;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Gateflow.Tests.Pipeline;
using Gateflow.Tests.Usage;
using Microsoft.EntityFrameworkCore;
using static Gateflow.Tests.Catalog.CatalogCalls;

namespace Gateflow.Tests.Catalog;

/// <summary>Facts, names and rules of models by the management API: with source, author and day, and in force for the next request.</summary>
public sealed class ModelApiTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Patch_Facts_StandWithTheirSourceAndAreInForceUntilReset()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        await using var host = await StartAsync(upstream);

        var changed = await MustAsync(host, "PATCH", "/models/openai/gpt-4o", """{"retires_on": "2029-01-14", "max_output_tokens": 8000, "source": "our contract of May"}""");
        using var told = await AskAsync(host, GatewayHost.Chat("gpt-4o"));
        var reset = await MustAsync(host, "DELETE", "/models/openai/gpt-4o?fact=retires_on");
        using var after = await AskAsync(host, GatewayHost.Chat("gpt-4o"));

        var source = Fact(changed, "retires_on")["source"]!;
        Assert.Equal(("2029-01-14", "override", "our contract of May"), (Value(changed, "retires_on"), Text(source, "origin"), Text(source, "source")));
        Assert.True(TimeProvider.System.GetUtcNow().AddDays(-1) < source["at"]!.GetValue<DateTimeOffset>() && Text(source, "by").Length > 0);
        Assert.Equal("2027-01-14", Fact(changed, "retires_on")["built_in"]!.ToString());
        Assert.Equal("built_in", Text(Fact(changed, "released")["source"]!, "origin"));
        Assert.StartsWith("2026-11-22", Text(Fact(changed, "released")["source"]!, "at"), StringComparison.Ordinal);
        Assert.Contains("14 Jan 2029", told.Headers.GetValues("Sunset").Single(), StringComparison.Ordinal);
        Assert.Equal(("2027-01-14", "8000"), (Value(reset, "retires_on"), Value(reset, "max_output_tokens")));
        Assert.Contains("14 Jan 2027", after.Headers.GetValues("Sunset").Single(), StringComparison.Ordinal);
        var listed = (await MustAsync(host, "GET", "/models?only=changed"))["data"]!.AsArray();
        Assert.Equal(["max_output_tokens"], Assert.Single(listed)!["changed_facts"]!.AsArray().Select(f => f!.GetValue<string>()));
    }

    [Fact]
    public async Task Patch_Price_HoldsFromItsDay()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        await using var host = await StartAsync(upstream);
        var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
        var next = today.AddDays(40);

        await MustAsync(host, "PATCH", "/models/openai/gpt-4o", $$$"""{"price": {"input": 5, "valid_from": "{{{next:yyyy-MM-dd}}}"} }""");
        var model = await MustAsync(host, "GET", "/models/gpt-4o");

        var prices = model["prices"]!.AsArray();
        Assert.Equal([("2.5", true, "built_in"), ("5", false, "override")], prices.Select(p => (p!["input"]!.ToString(), p["current"]!.GetValue<bool>(), Text(p["source"]!, "origin"))));
        Assert.Equal("10", prices[1]!["output"]!.ToString());
        var catalog = host.Get<CatalogReader>()();
        Assert.Equal((2.5m, 5m), (catalog.Cost("gpt-4o", 1_000_000, 0, 0, today), catalog.Cost("gpt-4o", 1_000_000, 0, 0, next)));
        Assert.Equal(2.5m, catalog.Find("gpt-4o")!.InputPrice);
    }

    [Fact]
    public async Task Create_OwnModelWithAlias_IsServedByItAndKnownOnEveryNode()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        await using var host = await StartAsync(upstream);

        var created = await MustAsync(host, "POST", "/models", """{"provider": "openai", "id": "house-1", "context_window": 32000, "price": {"input": 1, "output": 2}, "capabilities": ["chat"]}""");
        await MustAsync(host, "POST", "/aliases", """{"alias": "assistant", "model": "house-1", "note": "the chat team's"}""");
        using var answer = await AskAsync(host, GatewayHost.Chat("assistant"));
        var (again, _) = await CallAsync(host, "POST", "/models", """{"provider": "openai", "id": "house-1"}""");
        var directory = new ModelDirectory(ModelCatalog.Embedded, host.Get<ModelDirectory>().Configured);
        using var other = new Routes(new RouteTableLoader(host.Get<IDbContextFactory<GateflowDb>>(), directory, new StoredProviders(new FlippingProtector()), new BootstrapKeys([])));
        await other.ReloadAsync(Token);

        Assert.Equal((HttpStatusCode.OK, "house-1", "assistant"), (answer.StatusCode, answer.Headers.GetValues("x-gateflow-model").Single(), answer.Headers.GetValues("x-gateflow-requested-model").Single()));
        Assert.True(created["is_own"]!.GetValue<bool>() && created["served"]!.GetValue<bool>());
        Assert.Equal(HttpStatusCode.Conflict, again);
        using var listed = await host.Client.GetAsync(new Uri("/v1/models/assistant", UriKind.Relative), Token);
        Assert.Equal(HttpStatusCode.OK, listed.StatusCode);
        Assert.Equal(["assistant"], (await MustAsync(host, "GET", "/models/house-1"))["request_aliases"]!.AsArray().Select(a => a!.GetValue<string>()));
        Assert.Equal((32000, "house-1"), (directory.Catalog.Find("house-1")!.ContextWindow, other.Current.Aliases["assistant"]));
        await MustAsync(host, "DELETE", "/models/openai/house-1");
        Assert.Equal(HttpStatusCode.NotFound, (await CallAsync(host, "GET", "/models/openai/house-1")).Status);
        Assert.True(await other.ReloadIfChangedAsync(Token));
        Assert.Null(directory.Catalog.Find("house-1"));
    }

    [Fact]
    public async Task Aliases_ChangedAndDeleted_LeadElsewhereAtOnce_AndNeverHideAModel()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        await using var host = await StartAsync(upstream);
        await MustAsync(host, "POST", "/aliases", """{"alias": "assistant", "model": "gpt-4o"}""");

        await MustAsync(host, "PATCH", "/aliases/assistant", """{"model": "openai/gpt-5"}""");
        using var answer = await AskAsync(host, GatewayHost.Chat("assistant"));
        await MustAsync(host, "DELETE", "/aliases/assistant");
        using var gone = await AskAsync(host, GatewayHost.Chat("assistant"));

        Assert.Equal("gpt-5", Assert.Single(upstream.Requests).Model);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound), (answer.StatusCode, gone.StatusCode));
        foreach (var (body, param) in new[] { ("""{"alias": "gpt-4", "model": "gpt-5"}""", "alias"), ("""{"alias": "x", "model": "no-such"}""", "model"), ("""{"alias": "a b", "model": "gpt-5"}""", "alias") })
        {
            var (status, refused) = await CallAsync(host, "POST", "/aliases", body);
            Assert.Equal((HttpStatusCode.UnprocessableEntity, param), (status, Text(refused["error"]!, "param")));
        }
    }

    [Fact]
    public async Task Rule_OfAFamily_FitsTheNextRequestThatIsMovedToIt()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        await using var host = await StartAsync(upstream);
        upstream.Answer = (http, model) => model == "gpt-4o" ? FakeUpstream.Error(http, 500) : FakeUpstream.Json(http, 200, FakeUpstream.Completion(model));
        await MustAsync(host, "POST", "/fallback-chains", """{"primary": "gpt-4o", "fallbacks": [{"model": "house-1"}]}""");
        const string asks = """{"model": "gpt-4o", "seed": 7, "messages": [{"role": "user", "content": "Hello"}]}""";

        using var before = await AskAsync(host, asks);
        var rule = await MustAsync(host, "POST", "/parameter-rules", """
            {"providers": ["openai"], "models": "^house-", "capability": "seed", "verdict": "reject", "effect": "rejects seed", "shim": "seed is left out", "action": "drop seed", "source": "seen in March"}
            """);
        using var after = await AskAsync(host, asks);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (before.StatusCode, after.StatusCode));
        Assert.Equal([true, false], upstream.Requests.Where(r => r.Model == "house-1").Select(r => r.Body.Contains("seed", StringComparison.Ordinal)));
        Assert.Equal(Text(rule, "id"), Text((await MustAsync(host, "GET", "/parameter-rules"))["data"]![0]!, "id"));
        var (status, refused) = await CallAsync(host, "POST", "/parameter-rules", """{"models": "(", "capability": "telepathy", "verdict": "maybe", "shim": "something"}""");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Equal(["models", "capability", "verdict", "action"], refused["error"]!["details"]!.AsArray().Select(d => Text(d!, "param")));
        await MustAsync(host, "DELETE", $"/parameter-rules/{Text(rule, "id")}");
    }

    [Fact]
    public async Task List_PagesAndFilters_UsedFirst()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        await using var host = await StartAsync(upstream);

        var first = await MustAsync(host, "GET", "/models?limit=2&provider=openai");
        var second = await MustAsync(host, "GET", $"/models?limit=2&provider=openai&cursor={Text(first, "next_cursor")}");
        var retired = await MustAsync(host, "GET", "/models?status=retired&q=GPT-4-32k&provider=openai");

        var ids = first["data"]!.AsArray().Concat(second["data"]!.AsArray()).Select(m => Text(m!, "id")).ToList();
        Assert.Equal(["gpt-4o", "gpt-5"], ids[..2]); // served ones stand before the others
        Assert.Equal(4, ids.Distinct().Count());
        Assert.Equal(["gpt-4-32k", "gpt-4-32k-0314"], retired["data"]!.AsArray().Select(m => Text(m!, "id")));
        Assert.Single((await MustAsync(host, "GET", "/models?limit=0"))["data"]!.AsArray()); // as everywhere
        Assert.Single((await MustAsync(host, "GET", "/deprecations?in_use=false&limit=1"))["data"]!.AsArray());
    }
}

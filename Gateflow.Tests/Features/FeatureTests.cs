using System.Net;
using System.Text.Json.Nodes;
using Bunit;
using Gateflow.Core.Alerts;
using Gateflow.Core.Features;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Features;
using Gateflow.Tests.Management;
using Gateflow.Tests.Shell;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Tests.Features;

public sealed class FeatureTests : IAsyncLifetime
{
    private ManagedGateflow gateflow = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => gateflow = await ManagedGateflow.StartAsync();

    public ValueTask DisposeAsync() => gateflow.DisposeAsync();

    [Fact]
    public async Task Feature_WithAKey_GetsItsRequestsUsageAndBudgetAlert()
    {
        var key = await gateflow.MustAsync("POST", "/api-keys", """{"name": "app"}""");
        var made = await gateflow.MustAsync("POST", "/features", $$"""{"name": "search", "owner": "Search team", "default_keys": ["{{ManagedGateflow.Text(key, "id")}}"], "monthly_budget_usd": 0.000001}""");
        using var app = gateflow.Host.CreateClient(ManagedGateflow.Text(key, "key"));
        (await ManagedGateflow.AskAsync(app, "Ada")).Dispose();
        await gateflow.RecordedAsync(async () => (await FindAsync("search"))["requests_last_30d"]!.GetValue<long>() == 1);

        var feature = await FindAsync("search");
        await gateflow.Host.Get<BudgetWatch>().RunOnceAsync(Token);
        await gateflow.Host.Get<AlertWriter>().RunOnceAsync(Token);

        Assert.Equal(("search", "Search team", "app"), (ManagedGateflow.Text(feature, "name"), ManagedGateflow.Text(feature, "owner"), ManagedGateflow.Text(feature["default_keys"]![0]!, "name")));
        var alerts = (await gateflow.MustAsync("GET", "/alerts?status=open"))["data"]!.AsArray();
        Assert.Equal("urgent", ManagedGateflow.Text(Assert.Single(alerts, a => ManagedGateflow.Text(a!, "event") == "feature.budget")!, "severity"));

        await gateflow.MustAsync("PATCH", $"/features/{ManagedGateflow.Text(made, "id")}", """{"default_keys": [], "monthly_budget_usd": null}""");
        await gateflow.Host.Get<BudgetWatch>().RunOnceAsync(Token);
        await gateflow.Host.Get<AlertWriter>().RunOnceAsync(Token);

        Assert.Empty((await gateflow.MustAsync("GET", "/alerts?status=open"))["data"]!.AsArray());
        Assert.Null((await gateflow.MustAsync("GET", "/api-keys"))["data"]!.AsArray().Single(k => ManagedGateflow.Text(k!, "name") == "app")!["feature"]);
    }

    [Fact]
    public async Task List_Seen_HoldsNamesOfTrafficBesideThoseDescribed()
    {
        using var app = await gateflow.ApplicationAsync();
        (await ManagedGateflow.AskAsync(app, "Ada")).Dispose();
        await gateflow.MustAsync("POST", "/features", """{"name": "planned"}""");
        await gateflow.MustAsync("POST", "/api-keys", """{"name": "planner", "feature": "later"}""");
        await gateflow.RecordedAsync(async () => (await gateflow.MustAsync("GET", "/features?seen=true"))["data"]!.AsArray().Count == 2);

        var seen = (await gateflow.MustAsync("GET", "/features?seen=true"))["data"]!.AsArray();

        Assert.Equal([("chatbot", false), ("planned", true)], seen.Select(f => (ManagedGateflow.Text(f!, "name"), f!["id"] is not null)));
        Assert.Equal(["planned"], (await gateflow.MustAsync("GET", "/features"))["data"]!.AsArray().Select(f => ManagedGateflow.Text(f!, "name")));
        Assert.Single((await gateflow.MustAsync("POST", "/features", """{"name": "later", "default_keys": []}"""))["default_keys"]!.AsArray());
        Assert.Equal(["chatbot", "later", "planned"], await gateflow.Host.Get<FeatureBook>().NamesAsync(Token));
    }

    [Fact]
    public async Task Feature_WithFaults_NamesEach_AndANameStays()
    {
        var made = await gateflow.MustAsync("POST", "/features", """{"name": "search"}""");
        var id = ManagedGateflow.Text(made, "id");

        var (status, body) = await gateflow.CallAsync("POST", "/features", """{"name": "", "owner": 5, "default_keys": ["key_none"], "monthly_budget_usd": -1, "colour": "red"}""");
        var twice = await gateflow.CallAsync("POST", "/features", """{"name": "search"}""");
        var renamed = await gateflow.CallAsync("PATCH", $"/features/{id}", """{"name": "finding"}""");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Equal(["colour", "default_keys", "monthly_budget_usd", "name", "owner"], body["error"]!["details"]!.AsArray().Select(d => ManagedGateflow.Text(d!, "param")).Order());
        Assert.Equal((422, 422), ((int)twice.Status, (int)renamed.Status));
        await gateflow.MustAsync("DELETE", $"/features/{id}");
        Assert.Equal(HttpStatusCode.NotFound, (await gateflow.CallAsync("DELETE", $"/features/{id}")).Status);
        var audit = await gateflow.MustAsync("GET", $"/audit-log?target={id}");
        Assert.Equal(["feature.delete", "feature.create"], audit["data"]!.AsArray().Select(e => ManagedGateflow.Text(e!, "action")));
    }

    [Fact]
    public async Task Feature_KeysChangedByAnotherMeanwhile_AreNotTakenAway()
    {
        var keys = new List<string>();
        foreach (var name in new[] { "first", "second", "third" })
        {
            keys.Add(ManagedGateflow.Text(await gateflow.MustAsync("POST", "/api-keys", $$"""{"name": "{{name}}"}"""), "id"));
        }

        var id = ManagedGateflow.Text(await gateflow.MustAsync("POST", "/features", $$"""{"name": "search", "default_keys": ["{{keys[0]}}"], "monthly_budget_usd": 0.001}"""), "id");
        await using var context = new PageTestContext(gateflow.Host);
        var shown = (await gateflow.Host.Get<FeatureBook>().FindAsync(id, Token))!;
        var (mine, other) = (Open(), Open());
        await gateflow.MustAsync("PATCH", $"/features/{id}", $$"""{"default_keys": ["{{keys[0]}}", "{{keys[1]}}"]}""");

        await context.ChangeAsync(Box(mine, "third"), true);
        await context.SubmitAsync(mine.Find("form"));
        await context.ChangeAsync(other.Find("#feature-owner"), "Search team");
        await context.ChangeAsync(other.Find("#feature-budget"), "5");
        await context.SubmitAsync(other.Find("form"));

        mine.WaitForAssertion(() => Assert.StartsWith("Somebody else changed default_keys meanwhile.", mine.Find(".error p").TextContent, StringComparison.Ordinal));
        Assert.True(Box(mine, "third").HasAttribute("checked"));
        Assert.Empty(other.FindAll(".error"));
        var feature = await FindAsync("search");
        Assert.Equal(["first", "second"], feature["default_keys"]!.AsArray().Select(k => ManagedGateflow.Text(k!, "name")));
        Assert.Equal(("Search team", 5m), (ManagedGateflow.Text(feature, "owner"), feature["monthly_budget_usd"]!.GetValue<decimal>()));

        IRenderedComponent<FeatureDialog> Open() => context.Render<FeatureDialog>(p => p.Add(d => d.Actor, "Ada").Add(d => d.Feature, shown));

        static AngleSharp.Dom.IElement Box(IRenderedComponent<FeatureDialog> dialog, string key) =>
            dialog.FindAll("label.check").Single(l => l.TextContent.Contains(key, StringComparison.Ordinal)).QuerySelector("input")!;
    }

    private Task<JsonObject> FindAsync(string name) => gateflow.MustAsync("GET", $"/features/{name}");
}

using System.Net;
using System.Text.Json.Nodes;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Gateflow.Tests.Composition;
using Gateflow.Tests.Management;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Tests.Plans;

/// <summary>Plans by the management API of the very program.</summary>
public sealed class PlanApiTests : IAsyncLifetime
{
    // Its end is announced in the catalog; nothing below depends on how far away it is.
    private const string Model = "gpt-4o";

    private static CancellationToken Token => TestContext.Current.CancellationToken;
    private ManagedGateflow _gateflow = null!;

    public async ValueTask InitializeAsync() => _gateflow = await ManagedGateflow.StartAsync();

    public ValueTask DisposeAsync() => _gateflow.DisposeAsync();

    [Fact]
    public async Task Plan_FollowsUseAndMigrations()
    {
        await UseAsync("chat", 90);
        await UseAsync("search", 10);
        var made = await _gateflow.MustAsync("POST", "/plans", $$"""{"model": "{{Model}}", "owner": "platform team", "note": "Ask <b>first</b>"}""");
        var id = ManagedGateflow.Text(made, "id");

        Assert.StartsWith("plan_", id, StringComparison.Ordinal);
        Assert.Equal(("not_started", "catalog"), (ManagedGateflow.Text(made, "state"), ManagedGateflow.Text(made["deadline"]!, "source")));
        Assert.Equal(ManagedGateflow.Text(made, "retires_on"), ManagedGateflow.Text(made["deadline"]!, "on"));
        Assert.Equal("""["chat:not_started","search:not_started"]""", Items(made));

        var draft = await _gateflow.MustAsync("POST", "/migrations", $$"""{"source_model": "{{Model}}", "target_model": "{{ManagedGateflow.Source}}", "feature": "chat"}""");
        var migration = ManagedGateflow.Text(draft, "migration_id");
        Assert.Equal("""["chat:drafted","search:not_started"]""", Items(await _gateflow.MustAsync("GET", $"/plans/{id}")));

        await _gateflow.MustAsync("PATCH", $"/migrations/{migration}", """{"strategy": "instant", "min_samples": 0, "soak_minutes": 60}""");
        await _gateflow.MustAsync("POST", $"/migrations/{migration}/execute");
        var running = await _gateflow.MustAsync("GET", $"/plans/{id}");
        Assert.Equal(("""["chat:running","search:not_started"]""", "running"), (Items(running), ManagedGateflow.Text(running, "state")));

        await _gateflow.MustAsync("POST", $"/migrations/{migration}/rollback", """{"reason": "not yet"}""");
        Assert.Equal("""["chat:rolled_back","search:not_started"]""", Items(await _gateflow.MustAsync("GET", $"/plans/{id}")));

        var listed = Assert.Single((await _gateflow.MustAsync("GET", "/plans"))["data"]!.AsArray());
        Assert.Equal(id, ManagedGateflow.Text(listed!, "id"));
        var entry = (await _gateflow.MustAsync("GET", "/deprecations"))["data"]!.AsArray().Single(e => ManagedGateflow.Text(e!, "model") == Model);
        Assert.Equal(id, ManagedGateflow.Text(entry!, "plan_id"));
    }

    [Fact]
    public async Task Issue_HasABoxAndACallForEach_AndNoOnesMarkup()
    {
        await UseAsync("chat", 90);
        await UseAsync("", 10, "key_batch");
        await _gateflow.MustAsync("POST", "/features", """{"name": "chat", "owner": "Team *Chat*"}""");
        var id = ManagedGateflow.Text(await _gateflow.MustAsync("POST", "/plans", $$"""{"model": "{{Model}}", "note": "Ask <b>first</b>", "deadline": "2026-12-24"}"""), "id");

        using var response = await _gateflow.Host.Client.GetAsync(new Uri($"/v1/management/plans/{id}/issue.md", UriKind.Relative), Token);
        var text = await response.Content.ReadAsStringAsync(Token);

        Assert.Equal("text/markdown", response.Content.Headers.ContentType!.MediaType);
        Assert.Contains("- [ ] **chat**: not started; 90 requests in 30 days, owner Team \\*Chat\\*", text, StringComparison.Ordinal);
        Assert.Contains("- [ ] key **key\\_batch**", text, StringComparison.Ordinal);
        Assert.Contains("**Until:** 2026-12-24, set by the team", text, StringComparison.Ordinal);
        Assert.Contains("\"feature\":\"chat\"", text, StringComparison.Ordinal);
        Assert.Contains("\"api_key\":\"key_batch\"", text, StringComparison.Ordinal);
        Assert.Contains($"{_gateflow.Host.BaseUrl}plans/{id}", text, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", text.Replace("\\<b", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Migration_ForOneKey_HasItInItsScope()
    {
        var draft = await _gateflow.MustAsync("POST", "/migrations", $$"""{"source_model": "{{Model}}", "api_key": "key_batch"}""");

        Assert.Equal("""["key_batch"]""", draft["scope"]!["api_keys"]!.ToJsonString());
    }

    [Fact]
    public async Task Plan_IsChangedAndDeleted_AndAModelHasOneOnly()
    {
        var id = ManagedGateflow.Text(await _gateflow.MustAsync("POST", "/plans", $$"""{"model": "{{Model}}", "owner": "Ada"}"""), "id");

        var (status, body) = await _gateflow.CallAsync("POST", "/plans", $$"""{"model": "{{Model}}"}""");
        Assert.Equal((HttpStatusCode.Conflict, "plan_exists"), (status, ManagedGateflow.Text(body["error"]!, "code")));

        var changed = await _gateflow.MustAsync("PATCH", $"/plans/{id}", """{"deadline": "2030-01-01", "owner": null}""");
        Assert.Equal(("own", true, false), (ManagedGateflow.Text(changed["deadline"]!, "source"), changed["deadline"]!["after_end"]!.GetValue<bool>(), changed.ContainsKey("owner")));
        await _gateflow.MustAsync("DELETE", $"/plans/{id}");
        Assert.Equal(HttpStatusCode.NotFound, (await _gateflow.CallAsync("GET", $"/plans/{id}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _gateflow.CallAsync("GET", $"/plans/{id}/issue.md")).Status);
    }

    [Theory]
    [InlineData("{}", "model")]
    [InlineData("""{"model": "gpt-99"}""", "model")]
    [InlineData("""{"model": 7}""", "model")]
    [InlineData("""{"model": "gpt-4o", "deadline": "soon"}""", "deadline")]
    [InlineData("""{"model": "gpt-4o", "deadline": "1066-10-14"}""", "deadline")]
    [InlineData("""{"model": "gpt-4o", "colour": "red"}""", "colour")]
    public async Task Post_Wrong_NamesTheField(string json, string param)
    {
        var (status, body) = await _gateflow.CallAsync("POST", "/plans", json);

        Assert.Equal((HttpStatusCode.UnprocessableEntity, param), (status, ManagedGateflow.Text(body["error"]!, "param")));
        Assert.Empty((await _gateflow.MustAsync("GET", "/plans"))["data"]!.AsArray());
    }

    [Fact]
    public async Task Viewer_ReadsAndChangesNothing()
    {
        var key = await _gateflow.MustAsync("POST", "/api-keys", """{"name": "eyes", "type": "admin", "role": "viewer"}""");
        using var client = _gateflow.Host.CreateClient(ManagedGateflow.Text(key, "key"));

        Assert.Equal(HttpStatusCode.OK, (await _gateflow.CallAsync("GET", "/plans", client: client)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await _gateflow.CallAsync("POST", "/plans", $$"""{"model": "{{Model}}"}""", client)).Status);
    }

    private static string Items(JsonObject plan) =>
        new JsonArray([.. plan["items"]!.AsArray().Select(i => JsonValue.Create($"{ManagedGateflow.Text(i!, "name")}:{ManagedGateflow.Text(i!, "state")}"))]).ToJsonString();

    private async Task UseAsync(string feature, int requests, string key = "key_a")
    {
        await using var db = await _gateflow.Host.Get<IDbContextFactory<GateflowDb>>().CreateDbContextAsync(Token);
        var at = TimeProvider.System.GetUtcNow().AddDays(-2);
        db.Add(new UsageRollup
        {
            Hour = new DateTimeOffset(at.Year, at.Month, at.Day, at.Hour, 0, 0, TimeSpan.Zero), Node = "n", Model = Model, ServedModel = Model, Feature = feature, KeyId = key, Requests = requests,
        });
        await db.SaveChangesAsync(Token);
    }
}

using System.Net;
using System.Text.Json.Nodes;
using Gateflow.Tests.Management;

namespace Gateflow.Tests.Fallbacks;

/// <summary>Chains, the switch and the dry-run by the management API of the very program.</summary>
public sealed class ChainApiTests(ChainApiTests.Shared shared) : IClassFixture<ChainApiTests.Shared>, IAsyncLifetime
{
    private const string Source = ManagedGateflow.Source;

    private ManagedGateflow Gateflow => shared.Gateflow;

    [Fact]
    public async Task Chain_Created_IsInForceForTheNextRequestUntilItIsDeleted()
    {
        using var client = await Gateflow.ApplicationAsync();
        await Gateflow.Simulator.SetAsync(Source, new { error_rate = 1.0, error_status = 503 });
        var chain = await Gateflow.MustAsync("POST", "/fallback-chains", $$"""{"name": "GPT family", "primary": "{{Source}}", "fallbacks": ["gpt-4o", "claude-3-5-sonnet"]}""");
        var id = ManagedGateflow.Text(chain, "id");

        Assert.StartsWith("chain_", id, StringComparison.Ordinal);
        Assert.Equal(
            """[{"model":"gpt-4o","priority":1},{"model":"claude-3-5-sonnet","priority":2}]""", chain["fallbacks"]!.ToJsonString());
        Assert.Equal("""["provider_error","timeout","rate_limit","model_unavailable","circuit_open"]""", chain["triggers"]!.ToJsonString());
        using (var answered = await ManagedGateflow.AskAsync(client, "anna"))
        {
            Assert.Equal(("gpt-4o", "sim", "provider_error"), FallbackHost.Told(answered));
        }

        await Gateflow.MustAsync("PATCH", $"/fallback-chains/{id}", """{"fallbacks": [{"model": "gpt-4o", "priority": 9, "note": "last"}, {"model": "claude-3-5-sonnet", "priority": 2}]}""");
        using (var answered = await ManagedGateflow.AskAsync(client, "anna"))
        {
            Assert.Equal("claude-3-5-sonnet", FallbackHost.Told(answered).Model);
        }

        await Gateflow.MustAsync("PATCH", $"/fallback-chains/{id}", """{"enabled": false}""");
        var listed = Assert.Single((await Gateflow.MustAsync("GET", $"/fallback-chains?primary={Source}"))["data"]!.AsArray());
        Assert.Equal((id, false, "last"), (ManagedGateflow.Text(listed!, "id"), listed!["enabled"]!.GetValue<bool>(), ManagedGateflow.Text(listed["fallbacks"]![1]!, "note")));
        await Gateflow.MustAsync("PATCH", $"/fallback-chains/{id}", """{"enabled": null}""");

        await Gateflow.MustAsync("DELETE", $"/fallback-chains/{id}");
        var (status, _) = await Gateflow.CallAsync("GET", $"/fallback-chains/{id}");
        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Empty(Gateflow.Host.Get<Gateflow.Core.Routing.Routes>().Current.Fallbacks);
    }

    [Theory]
    [InlineData("{}", "primary")]
    [InlineData("""{"primary": "gpt-4-32k"}""", "fallbacks")]
    [InlineData("""{"primary": "gpt-4-32k", "fallbacks": null}""", "fallbacks")]
    [InlineData("""{"primary": "gpt-4-32k", "fallbacks": [null]}""", "fallbacks")]
    [InlineData("""{"primary": "gpt-4-32k", "fallbacks": [7]}""", "fallbacks")]
    [InlineData("""{"primary": "gpt-4-32k", "fallbacks": [{"model": "gpt-4o", "priority": "first"}]}""", "fallbacks")]
    [InlineData("""{"primary": "gpt-4-32k", "fallbacks": [{"priority": 1}]}""", "fallbacks")]
    [InlineData("""{"primary": "gpt-4-32k", "fallbacks": ["gpt-4-32k"]}""", "fallbacks")]
    [InlineData("""{"primary": "gpt-4-32k", "fallbacks": ["gpt-4o", "gpt-4o"]}""", "fallbacks")]
    [InlineData("""{"primary": "gpt-4-32k", "fallbacks": ["gpt-99"]}""", "fallbacks")]
    [InlineData("""{"primary": "gpt-99", "fallbacks": ["gpt-4o"]}""", "primary")]
    [InlineData("""{"primary": "sim/gpt-4o", "fallbacks": ["gpt-4-32k"]}""", "primary")]
    [InlineData("""{"primary": "gpt-4-32k", "fallbacks": ["gpt-4o"], "triggers": ["bad_request"]}""", "triggers[0]")]
    [InlineData("""{"primary": "gpt-4-32k", "fallbacks": ["gpt-4o"], "triggers": ["model_deprecated"]}""", "triggers")]
    [InlineData("""{"primary": "gpt-4-32k", "fallbacks": ["gpt-4o"], "conditions": []}""", "conditions")]
    public async Task Post_Wrong_NamesTheFieldAndStoresNothing(string json, string param)
    {
        var (status, body) = await Gateflow.CallAsync("POST", "/fallback-chains", json);

        Assert.Equal((HttpStatusCode.UnprocessableEntity, param), (status, ManagedGateflow.Text(body["error"]!, "param")));
        Assert.Contains(body["error"]!["details"]!.AsArray(), d => ManagedGateflow.Text(d!, "param") == param && ManagedGateflow.Text(d!, "message").Length > 10);
        Assert.Empty((await Gateflow.MustAsync("GET", "/fallback-chains"))["data"]!.AsArray());
    }

    [Fact]
    public async Task Post_SecondChainOfAModel_IsToldWhichToChange()
    {
        var id = await ChainAsync();

        var (status, body) = await Gateflow.CallAsync("POST", "/fallback-chains", $$"""{"primary": "{{Source}}", "fallbacks": ["gpt-4o"]}""");

        Assert.Equal((HttpStatusCode.Conflict, "chain_exists"), (status, ManagedGateflow.Text(body["error"]!, "code")));
        Assert.Contains(id, ManagedGateflow.Text(body["error"]!, "message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_ChainsThatWouldLeadInACircle_AreRefused()
    {
        await ChainAsync(""", "auto_activate_on_deprecation": true""");

        var (status, body) = await Gateflow.CallAsync("POST", "/fallback-chains", $$"""{"primary": "gpt-4o", "fallbacks": ["{{Source}}"], "auto_activate_on_deprecation": true}""");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Contains("circle", ManagedGateflow.Text(body["error"]!, "message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_Switch_IsOffByDefaultAndHasTwoNames()
    {
        Assert.False(Read(await Gateflow.MustAsync("GET", "/settings")));
        var id = await ChainAsync(""", "auto_activate_on_deprecation": true""");
        Assert.Contains(await WarningsAsync(id), w => w.Contains("global switch is off", StringComparison.Ordinal));

        Assert.True(Read(await Gateflow.MustAsync("PATCH", "/settings", """{"auto_fallback_on_deprecation": true}""")));
        Assert.DoesNotContain(await WarningsAsync(id), w => w.Contains("global switch is off", StringComparison.Ordinal));
        Assert.True(Gateflow.Host.Get<Gateflow.Core.Routing.Routes>().Current.AutoFallback);
        Assert.False(Read(await Gateflow.MustAsync("PATCH", "/settings", """{"change_management": {"auto_fallback": false}}""")));
    }

    [Theory]
    [InlineData("""{"auto_fallback_on_deprecation": "yes"}""", "auto_fallback_on_deprecation")]
    [InlineData("""{"colour": "red"}""", "colour")]
    [InlineData("""{"change_management": {"colour": "red"}}""", "change_management.colour")]
    [InlineData("""{"change_management": true}""", "change_management")]
    [InlineData("""{"auto_fallback_on_deprecation": true, "change_management": {"auto_fallback": false}}""", "auto_fallback_on_deprecation")]
    public async Task Settings_Wrong_NamesTheField(string json, string param)
    {
        var (status, body) = await Gateflow.CallAsync("PATCH", "/settings", json);

        Assert.Equal((HttpStatusCode.UnprocessableEntity, param), (status, ManagedGateflow.Text(body["error"]!, "param")));
        Assert.False(Read(await Gateflow.MustAsync("GET", "/settings")));
    }

    [Fact]
    public async Task Mutations_ByAViewer_AreForbiddenButTheDryRunIsNot()
    {
        using var viewer = Gateflow.Host.CreateClient(ManagedGateflow.Text(await Gateflow.MustAsync("POST", "/api-keys", """{"name": "eyes", "role": "viewer"}"""), "key"));

        async Task<HttpStatusCode> Try(string method, string path, string json) => (await Gateflow.CallAsync(method, path, json, viewer)).Status;

        Assert.Equal(HttpStatusCode.Forbidden, await Try("POST", "/fallback-chains", $$"""{"primary": "{{Source}}", "fallbacks": ["gpt-4o"]}"""));
        Assert.Equal(HttpStatusCode.Forbidden, await Try("PATCH", "/settings", """{"auto_fallback_on_deprecation": true}"""));
        Assert.Equal(HttpStatusCode.OK, await Try("POST", "/fallback-chains/dry-run", $$"""{"model": "{{Source}}"}"""));
    }

    [Fact]
    public async Task DryRun_EveryReason_SaysWhatARequestWouldGet()
    {
        var none = await PlayAsync("provider_error");
        Assert.Null(none["answered_by"]);
        Assert.Contains("POST /v1/management/fallback-chains", ManagedGateflow.Text(none, "message"), StringComparison.Ordinal);

        var id = await ChainAsync(""", "triggers": ["provider_error", "rate_limit"]""");

        var answered = await PlayAsync("provider_error");
        Assert.Equal((id, "gpt-4o", "sim"), (ManagedGateflow.Text(answered, "chain_id"), ManagedGateflow.Text(answered, "answered_by"), ManagedGateflow.Text(answered, "provider")));
        Assert.Equal(
            $$"""[{"model":"{{Source}}","provider":"sim","role":"own","result":"fails","reason":"provider_error","breaker":"closed"},{"model":"gpt-4o","provider":"sim","role":"chain","result":"answers","breaker":"closed"}]""",
            answered["steps"]!.ToJsonString());
        Assert.Contains("does not act on timeout", ManagedGateflow.Text(await PlayAsync("timeout"), "message"), StringComparison.Ordinal);
        Assert.Equal("claude-3-5-sonnet", ManagedGateflow.Text(await PlayAsync("provider_error", """, "fallbacks": ["claude-3-5-sonnet"]"""), "answered_by"));
        Assert.Equal(Source, ManagedGateflow.Text(await PlayAsync("model_deprecated"), "answered_by")); // the switch is off
        await Gateflow.MustAsync("PATCH", "/settings", """{"auto_fallback_on_deprecation": true}""");
        await Gateflow.MustAsync("PATCH", $"/fallback-chains/{id}", """{"auto_activate_on_deprecation": true}""");
        Assert.Equal("gpt-4o", ManagedGateflow.Text(await PlayAsync("model_deprecated"), "answered_by"));
    }

    [Theory]
    [InlineData("{}", "model")]
    [InlineData("""{"model": "gpt-99"}""", "model")]
    [InlineData("""{"model": "gpt-4o", "reason": "bad_luck"}""", "reason")]
    [InlineData("""{"model": "gpt-4o", "fallbacks": [null]}""", "fallbacks")]
    public async Task DryRun_Wrong_NamesTheField(string json, string param)
    {
        var (status, body) = await Gateflow.CallAsync("POST", "/fallback-chains/dry-run", json);

        Assert.Equal((HttpStatusCode.UnprocessableEntity, param), (status, ManagedGateflow.Text(body["error"]!, "param")));
    }

    public async ValueTask InitializeAsync()
    {
        foreach (var chain in (await Gateflow.MustAsync("GET", "/fallback-chains"))["data"]!.AsArray())
        {
            await Gateflow.MustAsync("DELETE", $"/fallback-chains/{ManagedGateflow.Text(chain!, "id")}");
        }

        await Gateflow.MustAsync("PATCH", "/settings", """{"auto_fallback_on_deprecation": false}""");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<string> ChainAsync(string more = "") => ManagedGateflow.Text(
        await Gateflow.MustAsync("POST", "/fallback-chains", $$"""{"primary": "{{Source}}", "fallbacks": ["gpt-4o"]{{more}}}"""), "id");

    private Task<JsonObject> PlayAsync(string reason, string more = "") =>
        Gateflow.MustAsync("POST", "/fallback-chains/dry-run", $$"""{"model": "{{Source}}", "reason": "{{reason}}"{{more}}}""");

    private async Task<IEnumerable<string>> WarningsAsync(string id) =>
        (await Gateflow.MustAsync("GET", $"/fallback-chains/{id}"))["warnings"]!.AsArray().Select(w => ManagedGateflow.Text(w!, "message"));

    private static bool Read(JsonObject settings)
    {
        var on = settings["auto_fallback_on_deprecation"]!.GetValue<bool>();
        Assert.Equal(on, settings["change_management"]!["auto_fallback"]!.GetValue<bool>());
        return on;
    }

    public sealed class Shared : IAsyncLifetime
    {
        public ManagedGateflow Gateflow { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Gateflow = await ManagedGateflow.StartAsync();

        public ValueTask DisposeAsync() => Gateflow.DisposeAsync();
    }
}

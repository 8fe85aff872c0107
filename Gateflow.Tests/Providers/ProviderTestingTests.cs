using System.Net;
using System.Text.Json.Nodes;
using Gateflow.Dashboard.Providers;
using Gateflow.Tests.Pipeline;
using Gateflow.Tests.Simulator;
using Microsoft.AspNetCore.Http;
using static Gateflow.Tests.Providers.ProviderCalls;

namespace Gateflow.Tests.Providers;

/// <summary>Tests and probes of providers through real HTTP.</summary>
public sealed class ProviderTestingTests
{
    [Fact]
    public async Task Test_GoodProvider_AsksAModelAndCountsThem()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.SetAsync("gpt-4o", new { latency_ms = 0 });
        await using var host = await StartAsync();
        var (_, created) = await CallAsync(host, "POST", "", $$"""{"name": "sim", "type": "openai_compatible", "base_url": "{{simulator.BaseUrl}}", "models": ["gpt-4o"]}""");

        var (_, asked) = await CallAsync(host, "POST", $"/{Text(created, "id")}/test", """{"model": "gpt-4o"}""");
        var (status, listed) = await CallAsync(host, "POST", $"/{Text(created, "id")}/test");

        Assert.Equal((HttpStatusCode.OK, "ok", 200), (status, Text(listed, "status"), listed["http_status"]!.GetValue<int>()));
        Assert.Equal(1, listed["models_listed"]!.GetValue<int>());
        Assert.True(listed["latency_ms"]!.GetValue<double>() > 0);
        Assert.Equal(("ok", "gpt-4o"), (Text(asked, "status"), Text(asked, "model")));
    }

    [Fact]
    public async Task Test_RefusedKey_TellsTheProvidersErrorWithoutTheKey()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        upstream.Models = http => FakeUpstream.Json(http, 401, $$$"""{"error": {"message": "Incorrect API key provided: {{{Secret}}}. Find yours\nelsewhere.", "code": "invalid_api_key"}}""");
        await using var host = await StartAsync();
        var id = await AddAsync(host, upstream);

        var (_, result) = await CallAsync(host, "POST", $"/{id}/test");
        var (_, view) = await CallAsync(host, "GET", $"/{id}");

        Assert.Equal(("failed", "key_refused", 401), (Text(result, "status"), Text(result, "reason"), result["http_status"]!.GetValue<int>()));
        Assert.Equal("Incorrect API key provided: …. Find yours elsewhere.", Text(result, "message"));
        Assert.Equal("down", Text(view["health"]!, "state"));
        Assert.DoesNotContain(Secret, view.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Test_AnswerThatIsNoProviders_TellsNothingOfIt()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        upstream.Models = http => http.Response.WriteAsync("internal: root:x:0:0");
        await using var host = await StartAsync();
        var request = $$"""{"name": "x", "type": "openai_compatible", "base_url": "{{upstream.BaseUrl}}"}""";

        var (_, unexpected) = await CallAsync(host, "POST", "/test", request);
        upstream.Models = http =>
        {
            http.Response.Redirect("http://169.254.169.254/latest");
            return Task.CompletedTask;
        };
        var (_, redirected) = await CallAsync(host, "POST", "/test", request);
        var (refused, _) = await CallAsync(host, "POST", "/test", """{"name": "x", "type": "openai_compatible", "base_url": "http://10.0.0.1/v1"}""");
        var (_, list) = await CallAsync(host, "GET", "");

        Assert.Equal(("unexpected", "unexpected"), (Text(unexpected, "reason"), Text(redirected, "reason")));
        Assert.DoesNotContain("root:x", unexpected.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused);
        Assert.Empty(list["data"]!.AsArray());
    }

    [Fact]
    public async Task Test_BrokenServiceAccount_SaysWhatIsWrongWithIt()
    {
        await using var host = await StartAsync();

        var (status, created) = await CallAsync(host, "POST", "", """
            {"name": "vertex", "type": "vertex_ai", "project": "my-project-1", "location": "europe-west4",
             "service_account_json": {"type": "service_account", "client_email": "a@b", "private_key": "nonsense", "token_uri": "https://oauth2.googleapis.com/token"}}
            """);
        Assert.True(status == HttpStatusCode.Created, created.ToJsonString());

        var (_, result) = await CallAsync(host, "POST", $"/{Text(created, "id")}/test", """{"model": "gemini-2.5-flash"}""");

        Assert.Equal(("failed", "key_refused"), (Text(result, "status"), Text(result, "reason")));
        Assert.Contains("private_key", Text(result, "message"), StringComparison.Ordinal);
        Assert.DoesNotContain("nonsense", result.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Test_NobodyThere_SaysSo()
    {
        await using var host = await StartAsync();

        var (_, result) = await CallAsync(host, "POST", "/test", """{"name": "x", "type": "openai_compatible", "base_url": "http://127.0.0.1:1/v1"}""");

        Assert.Equal(("no_connection", "No connection to 127.0.0.1: nothing listens there."), (Text(result, "reason"), Text(result, "message")));
    }

    [Fact]
    public async Task Test_Bedrock_WithoutAModel_SaysWhatToDo()
    {
        await using var host = await StartAsync();

        var (status, result) = await CallAsync(host, "POST", "/test", """
            {"name": "aws", "type": "bedrock", "base_url": "http://127.0.0.1:1", "region": "eu-central-1", "access_key_id": "AKIDEXAMPLE", "secret_access_key": "secret", "models": []}
            """);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("name a model", Text(result, "message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probe_ProviderThatGoesAndComesBack_ShowsInItsHealth()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        var good = true;
        upstream.Models = http => good ? FakeUpstream.Json(http, 200, """{"data": [{"id": "qwen-9"}]}""") : FakeUpstream.Error(http, 503);
        await using var host = await StartAsync();
        var id = await AddAsync(host, upstream);
        var healths = host.Get<ProviderHealths>();
        var endpoint = host.Get<Gateflow.Core.Routing.ModelDirectory>().Providers.Single();

        await healths.RunOnceAsync(Token);
        var healthy = await HealthAsync();
        good = false;
        for (var i = 0; i < 3; i++)
        {
            healths.Note(endpoint, await host.Get<Gateflow.Gateway.Probes.ProviderProbe>().RunAsync(endpoint, null, TimeSpan.FromSeconds(10), Token));
        }

        var down = await HealthAsync();

        Assert.Equal(("healthy", true), (Text(healthy, "state"), healthy["probed"]!.GetValue<bool>()));
        Assert.Equal(("down", "server_error", "upstream says 503"), (Text(down, "state"), Text(down["last_failure"]!, "reason"), Text(down["last_failure"]!, "message")));

        async Task<JsonNode> HealthAsync() => (await CallAsync(host, "GET", $"/{id}")).Body["health"]!;
    }

    [Fact]
    public async Task Health_RequestsThatFail_ShowWithoutAProbe()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        await using var host = await StartAsync();
        var (_, created) = await CallAsync(host, "POST", "", $$$"""
            {"name": "vllm", "type": "openai_compatible", "base_url": "{{{upstream.BaseUrl}}}", "models": ["qwen-9"], "probe": {"enabled": false}}
            """);
        for (var i = 0; i < 10; i++)
        {
            upstream.Answer = i < 2 ? (http, _) => FakeUpstream.Error(http, 400) : (http, model) => FakeUpstream.Json(http, 200, FakeUpstream.Completion(model));
            (await AskAsync(host, "qwen-9")).Dispose();
        }

        var (_, good) = await CallAsync(host, "GET", $"/{Text(created, "id")}");
        upstream.Answer = (http, _) => FakeUpstream.Error(http, 401);
        using var failed = await AskAsync(host, "qwen-9");
        using var failedAgain = await AskAsync(host, "qwen-9");
        var (_, bad) = await CallAsync(host, "GET", $"/{Text(created, "id")}");

        Assert.Equal(("healthy", false, 10, 0d), (Text(good["health"]!, "state"), good["health"]!["probed"]!.GetValue<bool>(), good["health"]!["recent_calls"]!.GetValue<int>(), good["health"]!["recent_error_rate"]!.GetValue<double>()));
        Assert.Equal("degraded", Text(bad["health"]!, "state"));
        Assert.Equal(2d / 12, bad["health"]!["recent_error_rate"]!.GetValue<double>(), 3);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;
}

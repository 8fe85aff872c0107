using System.Net;
using System.Text.Json.Nodes;
using Gateflow.Tests.Composition;
using Gateflow.Tests.Management;
using Gateflow.Tests.Simulator;

namespace Gateflow.Tests.Limits;

/// <summary>Limits from the management API to the refusal, over the whole program.</summary>
public sealed class KeyLimitsApiTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Key_LimitsMadeChangedAndTakenAway_HoldForTheNextRequest()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        var made = await gateflow.MustAsync("POST", "/api-keys", """
            {"name": "app", "rate_limits": {"rpm": 1, "monthly_cost_usd": 12.5}, "allowed_models": ["gpt-4o", "gpt-4-32k"], "allowed_ips": ["127.0.0.0/8"]}
            """);
        using var application = gateflow.Host.CreateClient(ManagedGateflow.Text(made, "key"));
        var path = "/api-keys/" + ManagedGateflow.Text(made, "id");
        Assert.Equal("""{"rpm":1,"monthly_cost_usd":12.5}""", made["rate_limits"]!.ToJsonString());

        await AskedAsync(application, 200, 429);
        var changed = await gateflow.MustAsync("PATCH", path, """{"rate_limits": {"rpm": 3}}""");
        Assert.Equal("""{"rpm":3,"monthly_cost_usd":12.5}""", changed["rate_limits"]!.ToJsonString());
        await AskedAsync(application, 200, 200, 429);
        changed = await gateflow.MustAsync("PATCH", path, """{"rate_limits": {"rpm": null}, "name": "renamed", "allowed_models": ["gpt-4o"]}""");
        Assert.Equal(("""{"monthly_cost_usd":12.5}""", "renamed"), (changed["rate_limits"]!.ToJsonString(), ManagedGateflow.Text(changed, "name")));
        await AskedAsync(application, 403);
        await gateflow.MustAsync("PATCH", path, """{"allowed_models": null, "allowed_ips": ["192.0.2.1"]}""");
        await AskedAsync(application, 403);
        await gateflow.MustAsync("PATCH", path, """{"rate_limits": null, "allowed_ips": []}""");
        await AskedAsync(application, 200, 200);

        await gateflow.RecordedAsync(async () =>
        {
            var listed = (await gateflow.MustAsync("GET", "/api-keys"))["data"]!.AsArray().Single(k => ManagedGateflow.Text(k!, "name") == "renamed")!;
            return listed["refused_last_30d"]!.GetValue<long>() == 4 && listed["requests_last_30d"]!.GetValue<long>() == 5;
        });
    }

    [Theory]
    [InlineData("""{"name": "x", "rate_limits": {"rpm": 0}}""", "rate_limits.rpm")]
    [InlineData("""{"name": "x", "rate_limits": {"tpm": -1}}""", "rate_limits.tpm")]
    [InlineData("""{"name": "x", "rate_limits": {"daily_requests": 0}}""", "rate_limits.daily_requests")]
    [InlineData("""{"name": "x", "rate_limits": {"monthly_cost_usd": 0}}""", "rate_limits.monthly_cost_usd")]
    [InlineData("""{"name": "x", "rate_limits": {"rpm": "many"}}""", "rate_limits.rpm")]
    [InlineData("""{"name": "x", "rate_limits": {"rpd": 5}}""", "rate_limits.rpd")]
    [InlineData("""{"name": "x", "allowed_ips": ["10.0.0.0/8", "nowhere"]}""", "allowed_ips[1]")]
    [InlineData("""{"name": "x", "allowed_models": [""]}""", "allowed_models[0]")]
    public async Task CreateOrChange_WrongLimits_NamesTheField(string json, string param)
    {
        await using var host = await GateflowHost.StartAsync();
        using var made = await host.Client.PostAsync("/v1/management/api-keys", Body("""{"name": "good", "rate_limits": {"rpm": 7}}"""), Token);
        var good = JsonNode.Parse(await made.Content.ReadAsStringAsync(Token))!;

        using var created = await host.Client.PostAsync("/v1/management/api-keys", Body(json), Token);
        using var changed = await host.Client.PatchAsync($"/v1/management/api-keys/{good["id"]}", Body(json), Token);

        foreach (var response in new[] { created, changed })
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
            Assert.Equal(param, JsonNode.Parse(await response.Content.ReadAsStringAsync(Token))!["error"]!["param"]!.GetValue<string>());
        }

        var keys = JsonNode.Parse(await host.Client.GetStringAsync("/v1/management/api-keys", Token))!["data"]!.AsArray();
        var only = Assert.Single(keys)!;
        Assert.Equal(("good", 7), (only["name"]!.GetValue<string>(), only["rate_limits"]!["rpm"]!.GetValue<int>()));
    }

    [Theory]
    [InlineData("""{"type": "admin"}""", "type")]
    [InlineData("""{"role": "admin"}""", "role")]
    [InlineData("""{"name": ""}""", "name")]
    [InlineData("""{"expires_at": "2020-01-01T00:00:00Z"}""", "expires_at")]
    public async Task Change_WhatMayNotBe_IsRefused(string json, string param)
    {
        await using var host = await GateflowHost.StartAsync();
        using var made = await host.Client.PostAsync("/v1/management/api-keys", Body("""{"name": "good"}"""), Token);
        var id = JsonNode.Parse(await made.Content.ReadAsStringAsync(Token))!["id"];

        using var changed = await host.Client.PatchAsync($"/v1/management/api-keys/{id}", Body(json), Token);
        using var unknown = await host.Client.PatchAsync("/v1/management/api-keys/key_nothing", Body("""{"name": "y"}"""), Token);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, changed.StatusCode);
        Assert.Equal(param, JsonNode.Parse(await changed.Content.ReadAsStringAsync(Token))!["error"]!["param"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task DailyLimit_ProgramStartedAgain_StillHolds()
    {
        var data = Directory.CreateTempSubdirectory("gateflow-limits-").FullName;
        await using var simulator = await SimulatorHost.StartAsync();
        Dictionary<string, string?> settings = new()
        {
            ["Gateflow:Providers:sim:Type"] = "OpenAICompatible",
            ["Gateflow:Providers:sim:BaseUrl"] = simulator.BaseUrl.ToString(),
            ["Gateflow:Providers:sim:Models:0"] = ManagedGateflow.Source,
        };
        string secret;
        await using (var first = await GateflowHost.StartAsync(settings, data))
        {
            using var made = await first.Client.PostAsync("/v1/management/api-keys", Body("""{"name": "app", "rate_limits": {"daily_requests": 3}}"""), Token);
            secret = JsonNode.Parse(await made.Content.ReadAsStringAsync(Token))!["key"]!.GetValue<string>();
            using var application = first.CreateClient(secret);
            await AskedAsync(application, 200, 200);
        }

        await using (var second = await GateflowHost.StartAsync(settings, data))
        {
            using var application = second.CreateClient(secret);
            await AskedAsync(application, 200, 429);
        }

        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task ManagementKey_ElsewhereThanAllowed_IsTurnedAway()
    {
        await using var host = await GateflowHost.StartAsync();
        using var made = await host.Client.PostAsync("/v1/management/api-keys", Body("""{"name": "ops", "role": "admin", "allowed_ips": ["192.0.2.1"]}"""), Token);
        using var elsewhere = host.CreateClient(JsonNode.Parse(await made.Content.ReadAsStringAsync(Token))!["key"]!.GetValue<string>());

        using var response = await elsewhere.GetAsync("/v1/management/api-keys", Token);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    private static StringContent Body(string json) => new(json, System.Text.Encoding.UTF8, "application/json");

    /// <summary>One request after the other, each answered with its status.</summary>
    private static async Task AskedAsync(HttpClient client, params int[] statuses)
    {
        foreach (var status in statuses)
        {
            using var response = await ManagedGateflow.AskAsync(client, "Italy");
            Assert.Equal(status, (int)response.StatusCode);
        }
    }
}

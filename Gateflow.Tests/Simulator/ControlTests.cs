using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Gateflow.Simulator;
using Gateflow.Simulator.Behaviours;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Gateflow.Tests.Simulator;

public sealed class ControlTests
{
    [Fact]
    public async Task PutModel_PartOfTheFields_KeepsTheOthers()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.SetAsync("meta/llama-3", new { error_rate = 0.25, latency_ms = 12 });
        await simulator.SetAsync("meta%2Fllama-3", new { quality = 0.5 });

        var model = await GetAsync(simulator, "/control/models/meta/llama-3");

        Assert.Equal("meta/llama-3", model.GetProperty("id").GetString());
        Assert.Equal(0.25, model.GetProperty("error_rate").GetDouble());
        Assert.Equal(12, model.GetProperty("latency_ms").GetDouble());
        Assert.Equal(0.5, model.GetProperty("quality").GetDouble());
        var list = await GetAsync(simulator, "/control/models");
        Assert.Equal("meta/llama-3", Assert.Single(list.GetProperty("data").EnumerateArray()).GetProperty("id").GetString());
    }

    [Theory]
    [InlineData("""{"latency_ms": -1}""", "latency_ms")]
    [InlineData("""{"latency_sigma": 4}""", "latency_sigma")]
    [InlineData("""{"error_rate": 1.1}""", "error_rate")]
    [InlineData("""{"error_status": 200}""", "error_status")]
    [InlineData("""{"error_status": 500.5}""", "error_status")]
    [InlineData("""{"timeout_rate": "often"}""", "timeout_rate")]
    [InlineData("""{"broken_stream_rate": -0.1}""", "broken_stream_rate")]
    [InlineData("""{"malformed_rate": 2}""", "malformed_rate")]
    [InlineData("""{"tokens_per_second": -5}""", "tokens_per_second")]
    [InlineData("""{"quality": 1e9}""", "quality")]
    [InlineData("""{"answers": 7}""", "answers")]
    [InlineData("""{"eror_rate": 0.1}""", "eror_rate")]
    [InlineData("""[]""", "body")]
    public async Task PutModel_BadValue_Is422NamingTheFieldAndChangesNothing(string change, string field)
    {
        await using var simulator = await SimulatorHost.StartAsync();

        using var response = await simulator.PutAsync("m", JsonElement.Parse(change));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        var error = (await response.JsonAsync()).GetProperty("error");
        Assert.Equal(field, error.GetProperty("param").GetString());
        Assert.Contains(field, error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.False((await GetAsync(simulator, "/control/models/m")).GetProperty("set").GetBoolean());
    }

    [Fact]
    public async Task PutModel_SeveralFaults_NamesAll()
    {
        await using var simulator = await SimulatorHost.StartAsync();

        using var response = await simulator.PutAsync("m", new { quality = 2, error_rate = -1, nonsense = true });

        var details = (await response.JsonAsync()).GetProperty("error").GetProperty("details").EnumerateArray();
        Assert.Equal(["error_rate", "nonsense", "quality"], details.Select(detail => detail.GetProperty("param").GetString()!).Order());
    }

    [Fact]
    public async Task PutModel_MalformedJson_Is400()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        using var content = new StringContent("{", Encoding.UTF8, "application/json");

        using var response = await simulator.Client.PutAsync("/control/models/m", content, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Reset_AfterChanges_GoesBackToTheOptions()
    {
        await using var simulator = await SimulatorHost.StartAsync(options => options.Models["known"] = options.Default with { Quality = 0.9 });
        await simulator.SetAsync("known", new { quality = 0.1 });
        await simulator.SetAsync("other", new { quality = 0.1 });
        await simulator.TextAsync("other", "hello");

        await simulator.ResetAsync();

        var model = Assert.Single((await GetAsync(simulator, "/control/models")).GetProperty("data").EnumerateArray());
        Assert.Equal("known", model.GetProperty("id").GetString());
        Assert.Equal(0.9, model.GetProperty("quality").GetDouble());
        Assert.Empty(await simulator.RequestsAsync());
    }

    [Fact]
    public async Task Requests_Arrived_AreShownWithoutCredentials()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = JsonContent.Create(Chat.Body("a/b", "hello", stream: true)) };
        request.Headers.Add("Authorization", "Bearer very-secret");
        request.Headers.Add("x-trace", "t1");
        (await simulator.Client.SendAsync(request, TestContext.Current.CancellationToken)).Dispose();
        await simulator.TextAsync("other", "hello");
        (await simulator.Client.PostAsync("/v1/chat/completions", new StringContent("{nonsense"), TestContext.Current.CancellationToken)).Dispose();

        var arrived = Assert.Single(await simulator.RequestsAsync("a/b"));

        Assert.Equal("/v1/chat/completions", arrived.GetProperty("path").GetString());
        Assert.True(arrived.GetProperty("stream").GetBoolean());
        Assert.Equal("t1", arrived.GetProperty("headers").GetProperty("x-trace").GetString());
        Assert.Equal("***", arrived.GetProperty("headers").GetProperty("authorization").GetString());
        Assert.Equal("hello", arrived.GetProperty("body").GetProperty("messages")[0].GetProperty("content").GetString());
        var all = await simulator.RequestsAsync();
        Assert.Equal(3, all.Count);
        Assert.Equal("{nonsense", all[2].GetProperty("body").GetString());
        var last = await GetAsync(simulator, "/control/requests?limit=1");
        Assert.Equal("{nonsense", Assert.Single(last.GetProperty("data").EnumerateArray()).GetProperty("body").GetString());
    }

    [Fact]
    public async Task Requests_BadLimit_Is422()
    {
        await using var simulator = await SimulatorHost.StartAsync();

        using var response = await simulator.Client.GetAsync("/control/requests?limit=0", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
    }

    [Fact]
    public async Task MapSimulator_UnderAPrefix_GuardsTheControlGroupAlone()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSimulator(options => options.Default = options.Default with { LatencyMs = 0, TokensPerSecond = 0 });
        await using var app = builder.Build();
        app.MapSimulator("/simulator").Control.AddEndpointFilter((_, _) => ValueTask.FromResult<object?>(Results.StatusCode(403)));
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        using var control = await client.GetAsync("/simulator/control/models", TestContext.Current.CancellationToken);
        using var chat = await client.PostAsJsonAsync("/simulator/v1/chat/completions", Chat.Body("m", "hello"), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Forbidden, control.StatusCode);
        Assert.Equal(HttpStatusCode.OK, chat.StatusCode);
    }

    [Fact]
    public async Task Start_BadOptions_NamesEveryKey()
    {
        var problem = await Assert.ThrowsAsync<OptionsValidationException>(() => SimulatorHost.StartAsync(options =>
        {
            options.Default = new ModelBehaviour { Quality = 2 };
            options.Models["m"] = new ModelBehaviour { ErrorRate = -1 };
        }));

        Assert.Contains("Simulator:Default:quality", problem.Message, StringComparison.Ordinal);
        Assert.Contains("Simulator:Models:m:error_rate", problem.Message, StringComparison.Ordinal);
    }

    private static async Task<JsonElement> GetAsync(SimulatorHost simulator, string path) =>
        await simulator.Client.GetFromJsonAsync<JsonElement>(path, TestContext.Current.CancellationToken);
}

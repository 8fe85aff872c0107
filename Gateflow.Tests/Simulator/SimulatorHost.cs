using System.Net.Http.Json;
using System.Text.Json;
using Gateflow.Simulator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateflow.Tests.Simulator;

/// <summary>
/// A simulator on a free port of the loopback: real Kestrel, real HTTP. Unlike the product's default, models answer at once unless
/// a test sets a latency.
/// </summary>
public sealed class SimulatorHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private SimulatorHost(WebApplication app)
    {
        _app = app;
        Root = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        Client = new HttpClient { BaseAddress = new Uri(Root) };
    }

    /// <summary>The address without a path, as <c>http://127.0.0.1:1234</c>.</summary>
    public string Root { get; }

    /// <summary>What the official OpenAI SDK takes: ends in <c>/v1</c>.</summary>
    public string BaseUrl => Root + "/v1";

    /// <summary>Its base address is <see cref="Root"/>.</summary>
    public HttpClient Client { get; }

    public static async Task<SimulatorHost> StartAsync(Action<SimulatorOptions>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSimulator(options =>
        {
            options.Default = options.Default with { LatencyMs = 0, TokensPerSecond = 0 };
            options.Seed = 1;
            configure?.Invoke(options);
        });
        var app = builder.Build();
        app.MapSimulator();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new SimulatorHost(app);
    }

    /// <summary>Partial update of a model: <c>SetAsync("gpt-4", new { error_rate = 1.0 })</c>. Throws when it is refused.</summary>
    public async Task SetAsync(string model, object change)
    {
        using var response = await PutAsync(model, change);
        if (!response.IsSuccessStatusCode)
        {
            throw new InvalidOperationException(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
    }

    public Task<HttpResponseMessage> PutAsync(string model, object change) =>
        Client.PutAsJsonAsync($"/control/models/{model}", change, TestContext.Current.CancellationToken);

    public async Task ResetAsync()
    {
        using var response = await Client.PostAsync("/control/reset", null, TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>What arrived (of one model), oldest first: <c>at, model, path, stream, headers, body</c>.</summary>
    public async Task<IReadOnlyList<JsonElement>> RequestsAsync(string? model = null)
    {
        var query = model is null ? "" : "?model=" + Uri.EscapeDataString(model);
        var list = await Client.GetFromJsonAsync<JsonElement>("/control/requests" + query, TestContext.Current.CancellationToken);
        return [.. list.GetProperty("data").EnumerateArray()];
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();

        // Requests held by timeout_rate would otherwise keep the server for its whole grace period.
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }
}

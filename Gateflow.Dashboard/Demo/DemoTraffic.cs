using System.Net.Http.Json;
using Gateflow.Core.Access;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Composition;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Demo;

/// <summary>
/// Gives the demo its life: once the program listens, the mounted simulator gets its address, the month is written in the background,
/// and a few requests a second go over real HTTP through the gateway, with keys of the demo's own.
/// </summary>
internal sealed partial class DemoTraffic(
    DemoState state, DemoMonth month, ModelDirectory models, Routes routes, ApiKeys keys, IDbContextFactory<GateflowDb> databases,
    IServer server, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<DemoTraffic> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(125);
    private readonly Random _random = new(7);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            var address = await AddressAsync(stoppingToken);
            models.Move(DemoModels.ProviderName, new Uri(address, "simulator/v1"));
            await routes.ReloadAsync(stoppingToken);
            if (await month.IsClearedAsync(stoppingToken))
            {
                state.Stop();
                return;
            }

            var secrets = await SecretsAsync(stoppingToken);
            _ = SeedAsync(stoppingToken);
            await SendAsync(address, secrets, stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // the program stops
        }
    }

    private async Task SeedAsync(CancellationToken cancellationToken)
    {
        try
        {
            await month.SeedAsync(cancellationToken);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            LogSeedFailed(fault);
        }
    }

    private async Task<Uri> AddressAsync(CancellationToken cancellationToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registered = lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        await started.Task.WaitAsync(cancellationToken);
        return OwnAddress.Of(server)!;
    }

    /// <summary>Secrets are never stored, so each start makes the demo's keys anew under their old names in place of those before.</summary>
    private async Task<IReadOnlyDictionary<string, string>> SecretsAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await db.ApiKeys.Where(k => k.Demo && k.CreatedBy == "demo traffic").ExecuteDeleteAsync(cancellationToken);
        Dictionary<string, string> secrets = [];
        foreach (var feature in DemoPrompts.Features)
        {
            var created = await keys.CreateAsync(
                new CreateKey { Name = $"demo-{feature}", Type = KeyType.Dev, Feature = feature }, "demo traffic", cancellationToken, demo: true);
            secrets[feature] = created.Value!.Key;
        }

        return secrets;
    }

    private async Task SendAsync(Uri address, IReadOnlyDictionary<string, string> secrets, CancellationToken stoppingToken)
    {
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 32 }) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(60) };
        using var timer = new PeriodicTimer(Pause, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (!state.IsOn)
            {
                return;
            }

            var (feature, body) = DemoPrompts.Next(_random);
            _ = OneAsync(http, secrets[feature], body, stoppingToken);
        }
    }

    private async Task OneAsync(HttpClient http, string secret, object body, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions") { Content = JsonContent.Create(body) };
            request.Headers.Authorization = new("Bearer", secret);
            using var response = await http.SendAsync(request, cancellationToken);
        }
        catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException)
        {
            LogLost(fault.GetType().Name);
        }
    }

    [LoggerMessage(LogLevel.Debug, "A request of the demo's traffic was lost: {Kind}")]
    private partial void LogLost(string kind);

    [LoggerMessage(LogLevel.Error, "The demo's month could not be written")]
    private partial void LogSeedFailed(Exception fault);
}

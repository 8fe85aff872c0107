using System.Text.Json.Nodes;
using System.Threading.Channels;
using Gateflow.Dashboard.Live;
using Gateflow.Tests.Composition;
using Gateflow.Tests.Management;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;

namespace Gateflow.Tests.Live;

public sealed class MigrationHubTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Watch_Migration_PushesSnapshotAndEvents()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        var id = await gateflow.DraftAsync();
        await using var hub = WebSocketHubConnection.Create(Address(gateflow, GateflowHost.AdminKey));
        var draft = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = new TaskCompletionSource<double>(TaskCreationOptions.RunContinuationsAsynchronously);
        var started = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        hub.On<JsonObject>("migrationChanged", snapshot =>
        {
            draft.TrySetResult(ManagedGateflow.Text(snapshot, "status"));
            if (ManagedGateflow.Text(snapshot, "status") == "in_progress")
            {
                running.TrySetResult(snapshot["progress"]!["traffic_on_target"]!.GetValue<double>());
            }
        });
        hub.On<JsonObject>("eventAppended", e => started.TrySetResult(ManagedGateflow.Text(e, "type")));
        await hub.StartAsync(TestContext.Current.CancellationToken);

        await hub.InvokeAsync("Watch", id, TestContext.Current.CancellationToken);
        Assert.Equal("draft", await draft.Task.WaitAsync(Limit, TestContext.Current.CancellationToken));
        await gateflow.MustAsync("POST", $"/migrations/{id}/execute");

        Assert.Equal(10, await running.Task.WaitAsync(Limit, TestContext.Current.CancellationToken));
        Assert.Equal("started", await started.Task.WaitAsync(Limit, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Watch_EventsCommittedOutOfOrder_PushesEachOnce()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        var id = await gateflow.DraftAsync();
        await using var hub = WebSocketHubConnection.Create(Address(gateflow, GateflowHost.AdminKey));
        var came = Channel.CreateUnbounded<string>();
        hub.On<JsonObject>("eventAppended", e => came.Writer.TryWrite(ManagedGateflow.Text(e, "id")));
        await hub.StartAsync(TestContext.Current.CancellationToken);
        await hub.InvokeAsync("Watch", id, TestContext.Current.CancellationToken);

        foreach (var number in new[] { 1_000, 950, 1_001 })
        {
            await LateEvents.StoreAsync(gateflow.Host, id, number);
            Assert.Equal($"evt_{number}", await came.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Limit, TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task Watch_UnknownMigration_SaysSo()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        await using var hub = WebSocketHubConnection.Create(Address(gateflow, GateflowHost.AdminKey));
        await hub.StartAsync(TestContext.Current.CancellationToken);

        var fault = await Assert.ThrowsAsync<HubException>(() => hub.InvokeAsync("Watch", "mig_nothing", TestContext.Current.CancellationToken));

        Assert.Contains("mig_nothing", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_WithoutKey_IsRefused()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        await using var hub = WebSocketHubConnection.Create(Address(gateflow, "gw_wrong"));

        await Assert.ThrowsAnyAsync<Exception>(() => hub.StartAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Connection_OfAKeyRevokedSince_IsClosed()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        var key = await gateflow.MustAsync("POST", "/api-keys", """{"name": "eyes", "role": "viewer"}""");
        await using var hub = WebSocketHubConnection.Create(Address(gateflow, ManagedGateflow.Text(key, "key")));
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        hub.Closed += _ =>
        {
            closed.TrySetResult();
            return Task.CompletedTask;
        };
        await hub.StartAsync(TestContext.Current.CancellationToken);
        var sessions = gateflow.Host.Get<HubSessions>();
        await sessions.RunOnceAsync(TestContext.Current.CancellationToken);
        await hub.InvokeAsync("Unwatch", "mig_nothing", TestContext.Current.CancellationToken);

        await gateflow.MustAsync("DELETE", $"/api-keys/{ManagedGateflow.Text(key, "id")}");
        await sessions.RunOnceAsync(TestContext.Current.CancellationToken);

        await closed.Task.WaitAsync(Limit, TestContext.Current.CancellationToken);
    }

    private static Uri Address(ManagedGateflow gateflow, string key) =>
        new UriBuilder(gateflow.Host.BaseUrl) { Scheme = "ws", Path = "/hubs/migrations", Query = $"access_token={key}" }.Uri;
}

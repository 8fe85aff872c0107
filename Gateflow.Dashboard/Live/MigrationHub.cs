using System.Text.Json.Nodes;
using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Migrations;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.SignalR;

namespace Gateflow.Dashboard.Live;

/// <summary>What the hub sends, by the exact names that clients register: they are compared by case.</summary>
internal static class HubMessages
{
    public static Task MigrationChangedAsync(this IClientProxy client, JsonObject snapshot) => client.SendAsync("migrationChanged", snapshot);

    public static Task EventAppendedAsync(this IClientProxy client, EventView e) => client.SendAsync("eventAppended", e);

    public static Task ArmsTickedAsync(this IClientProxy client, ArmPoint point) => client.SendAsync("armsTicked", point);
}

/// <summary>Live push for everything outside the dashboard's own circuits: <c>/hubs/migrations</c>.</summary>
[Authorize(Policies.Viewer)]
public sealed class MigrationHub(HubWatches watches, HubSessions sessions, LiveSnapshots snapshots) : Hub
{
    public override Task OnConnectedAsync()
    {
        sessions.Add(Context);
        return base.OnConnectedAsync();
    }

    /// <summary>Joins the watchers of a migration; the present snapshot comes at once.</summary>
    public async Task Watch(string migrationId)
    {
        if (await snapshots.GetAsync(migrationId) is not { } snapshot)
        {
            throw new HubException($"There is no migration '{migrationId}'.");
        }

        await Groups.AddToGroupAsync(Context.ConnectionId, migrationId);
        watches.Add(Context.ConnectionId, migrationId, snapshot.Events.Select(e => e.Number));
        await Clients.Caller.MigrationChangedAsync(MigrationEndpoints.ToJson(snapshot.Migration));
    }

    public async Task Unwatch(string migrationId)
    {
        await Groups.RemoveFromGroupAsync(Context.ConnectionId, migrationId);
        await watches.RemoveAsync(Context.ConnectionId, migrationId);
    }

    public override async Task OnDisconnectedAsync(Exception? exception)
    {
        sessions.Remove(Context.ConnectionId);
        await watches.RemoveAllAsync(Context.ConnectionId);
        await base.OnDisconnectedAsync(exception);
    }
}

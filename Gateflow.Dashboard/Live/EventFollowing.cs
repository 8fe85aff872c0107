using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Migrations;

namespace Gateflow.Dashboard.Live;

/// <summary>GET /migrations/{id}/events: a list, or with Accept: text/event-stream live and resumable by Last-Event-ID.</summary>
public static class EventFollowing
{
    private const int Page = 1000;

    public static void MapMigrationEvents(this IEndpointRouteBuilder api) => api.MapGet("/migrations/{id}/events", GetAsync);

    private static async Task<IResult> GetAsync(
        string id, HttpContext http, MigrationReader reader, MigrationFeed feed, Sessions sessions, IHostApplicationLifetime lifetime, int limit = 200, string? cursor = null)
    {
        if (http.Request.Headers.Accept.ToString().Contains("text/event-stream", StringComparison.OrdinalIgnoreCase))
        {
            var after = Number(http.Request.Headers["Last-Event-ID"].ToString());
            return await reader.EventsAsync(id, after, 1, http.RequestAborted) is null
                ? Refusal.NotFound("migration", id).ToResult()
                : TypedResults.ServerSentEvents(FollowAsync(id, after, reader, feed, token => sessions.StandsAsync(http.User, http, token), lifetime.ApplicationStopping, http.RequestAborted));
        }

        var size = Math.Clamp(limit, 1, 1000);
        var events = await reader.EventsAsync(id, Number(cursor), size + 1, http.RequestAborted);
        return events is null
            ? Refusal.NotFound("migration", id).ToResult()
            : MigrationEndpoints.Json(new ListPage<EventView>([.. events.Take(size)], events.Count > size ? events[size - 1].Id : null));
    }

    private static async IAsyncEnumerable<SseItem<string>> FollowAsync(
        string id, long after, MigrationReader reader, MigrationFeed feed, Func<CancellationToken, Task<bool>> stands, CancellationToken stopping, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        await using var subscription = feed.Subscribe(id, _ =>
        {
            signals.Writer.TryWrite(true);
            return Task.CompletedTask;
        });
        await using var end = stopping.Register(() => signals.Writer.TryComplete()); // else it would hold the stop for all of its time
        signals.Writer.TryWrite(true);
        HashSet<long> sent = [.. (await reader.EventsAsync(id, after - EventView.Unsettled, (int)EventView.Unsettled, cancellationToken) ?? []).Select(e => e.Number).Where(n => n <= after)];
        await foreach (var _ in signals.Reader.ReadAllAsync(cancellationToken))
        {
            if (!await stands(cancellationToken))
            {
                yield break;
            }

            var events = await reader.EventsAsync(id, after - EventView.Unsettled, Page, cancellationToken) ?? [];
            foreach (var e in events.Where(e => sent.Add(e.Number)))
            {
                after = Math.Max(after, e.Number);
                yield return new SseItem<string>(JsonSerializer.Serialize(e, JsonColumn.Options), Gateflow.Core.Wire.Name(e.Type)) { EventId = EventView.IdOf(after) }; // a late one does not lead a reconnecting client back
            }

            sent.RemoveWhere(n => n <= after - EventView.Unsettled);
            if (events.Count == Page)
            {
                signals.Writer.TryWrite(true); // there is more
            }
        }
    }

    /// <summary>The number of an event id such as "evt_12"; 0 for anything else.</summary>
    internal static long Number(string? id) =>
        long.TryParse(id is ['e', 'v', 't', '_', .. var rest] ? rest : id, CultureInfo.InvariantCulture, out var number) ? number : 0;
}

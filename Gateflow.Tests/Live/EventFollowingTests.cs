using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;
using Gateflow.Tests.Management;
using Microsoft.Extensions.Hosting;

namespace Gateflow.Tests.Live;

public sealed class EventFollowingTests
{
    [Fact]
    public async Task Events_Followed_ComeLiveAndResume()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        var id = await gateflow.DraftAsync();
        var types = new List<string>();
        var last = "";
        await foreach (var e in FollowAsync(gateflow, id, null))
        {
            types.Add(e.EventType);
            last = e.EventId!;
            if (e.EventType == "configured" && types.Count == 3)
            {
                await gateflow.MustAsync("POST", $"/migrations/{id}/execute");
            }

            if (e.EventType == "started")
            {
                break;
            }
        }

        Assert.Equal(["created", "configured", "configured", "started"], types);
        await gateflow.MustAsync("POST", $"/migrations/{id}/pause");
        await foreach (var e in FollowAsync(gateflow, id, last))
        {
            Assert.Equal("paused", e.EventType);
            break;
        }
    }

    [Fact]
    public async Task Events_OfAKeyRevokedSince_End()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        var id = await gateflow.DraftAsync();
        var key = await gateflow.MustAsync("POST", "/api-keys", """{"name": "eyes", "role": "viewer"}""");
        using var client = gateflow.Host.CreateClient(ManagedGateflow.Text(key, "key"));
        var types = new List<string>();
        await foreach (var e in FollowAsync(gateflow, id, null, client))
        {
            types.Add(e.EventType);
            if (types.Count == 3)
            {
                await gateflow.MustAsync("DELETE", $"/api-keys/{ManagedGateflow.Text(key, "id")}");
                await gateflow.MustAsync("POST", $"/migrations/{id}/execute");
            }

            if (types.Count > 3)
            {
                break;
            }
        }

        Assert.Equal(["created", "configured", "configured"], types);
    }

    [Fact(Timeout = 60_000)] // one that does not end is waited for
    public async Task Events_Followed_EndWhenTheProgramStops()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        var id = await gateflow.DraftAsync();
        var types = new List<string>();

        await foreach (var e in FollowAsync(gateflow, id, null))
        {
            types.Add(e.EventType);
            if (types.Count == 3)
            {
                gateflow.Host.Get<IHostApplicationLifetime>().StopApplication();
            }
        }

        Assert.Equal(["created", "configured", "configured"], types);
    }

    // Several nodes: a number is given before its event is committed, so that a lower one may turn up later.
    [Fact(Timeout = 60_000)] // one that is missing is waited for
    public async Task Events_CommittedOutOfOrder_ComeOnceEach()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        var id = await gateflow.DraftAsync();
        List<string> came = [];
        await foreach (var e in FollowAsync(gateflow, id, null))
        {
            came.Add($"{JsonNode.Parse(e.Data)!["id"]} {e.EventId}");
            if (came.Count == 5)
            {
                break;
            }

            if (came.Count >= 3)
            {
                await LateEvents.StoreAsync(gateflow.Host, id, came.Count == 3 ? 1_000 : 950);
            }
        }

        Assert.Equal(["evt_1000 evt_1000", "evt_950 evt_1000"], came[3..]); // the second is where a reconnecting client goes on
        await LateEvents.StoreAsync(gateflow.Host, id, 1_001);
        await foreach (var e in FollowAsync(gateflow, id, "evt_1000"))
        {
            Assert.Equal("evt_1001", e.EventId);
            break;
        }
    }

    private static async IAsyncEnumerable<SseItem<string>> FollowAsync(ManagedGateflow gateflow, string id, string? after, HttpClient? client = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/management/migrations/{id}/events");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        if (after is not null)
        {
            request.Headers.Add("Last-Event-ID", after);
        }

        using var response = await (client ?? gateflow.Host.Client).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        var stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        await foreach (var e in SseParser.Create(stream).EnumerateAsync(TestContext.Current.CancellationToken))
        {
            yield return e;
        }
    }
}

using System.Net;
using System.Text.Json.Nodes;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Webhooks;
using Gateflow.Tests.Management;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Tests.Webhooks;

/// <summary>From a rollback to a customer's server, by the very program over real HTTP.</summary>
public sealed class WebhookApiTests
{
    private static readonly Dictionary<string, string?> Private = new()
    {
        ["Gateflow:Outbound:AllowPrivateNetworks"] = "true", ["Gateflow:PublicUrl"] = "https://gateflow.example.com/",
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rollback_ReceiverFailsFirst_IsRetriedSignedUnderTheSameId()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = (n, _) => Task.FromResult(n == 1 ? 500 : 204);
        await using var gateflow = await ManagedGateflow.StartAsync(Private);
        var (hook, secret) = await AddAsync(gateflow, receiver);
        var id = await gateflow.DraftAsync();
        await gateflow.MustAsync("POST", $"/migrations/{id}/execute");
        var stored = AfterAttempts(gateflow, 2);

        await gateflow.MustAsync("POST", $"/migrations/{id}/rollback", """{"reason": "Unexpected tone"}""");

        var (refused, taken) = (await receiver.NextAsync(), await receiver.NextAsync());
        Assert.Equal(refused.Id, taken.Id);
        Assert.StartsWith("msg_", taken.Id, StringComparison.Ordinal);
        Assert.True(refused.IsSignedWith(secret) && taken.IsSignedWith(secret));
        Assert.False(taken.IsSignedWith("whsec_" + Convert.ToBase64String(new byte[32])));
        var data = taken.Json["data"]!;
        Assert.Equal("migration.rolled_back", taken.Type);
        Assert.Equal(
            (id, ManagedGateflow.Source, ManagedGateflow.Target, "rolled_back", "Unexpected tone", $"https://gateflow.example.com/rollbacks/{id}"),
            (ManagedGateflow.Text(data, "migration_id"), ManagedGateflow.Text(data, "source_model"), ManagedGateflow.Text(data, "target_model"),
                ManagedGateflow.Text(data, "status"), ManagedGateflow.Text(data, "reason"), ManagedGateflow.Text(data, "link")));
        Assert.Equal(10, data["weight"]!.GetValue<double>());
        Assert.True(data["effect_ms"]!.GetValue<double>() >= 0);

        await stored;
        var listed = (await gateflow.MustAsync("GET", $"/webhooks/{hook}/deliveries"))["data"]!.AsArray().Single()!;
        Assert.Equal((taken.Id, "delivered"), (ManagedGateflow.Text(listed, "id"), ManagedGateflow.Text(listed, "status")));
        Assert.Equal([500, 204], listed["trail"]!.AsArray().Select(a => a!["status"]!.GetValue<int>()).ToArray());
        var alert = (await gateflow.MustAsync("GET", "/alerts"))["data"]!.AsArray().Single(a => ManagedGateflow.Text(a!, "event") == "migration.rolled_back")!;
        Assert.Equal((id, "planning"), (ManagedGateflow.Text(alert, "subject"), ManagedGateflow.Text(alert, "severity")));
    }

    [Fact]
    public async Task Stopped_BetweenEventAndReceipt_IsDeliveredAfterTheRestart()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var first = true;
        receiver.Answer = async (_, http) =>
        {
            if (first)
            {
                first = false;
                var gone = new TaskCompletionSource();
                http.RequestAborted.Register(() => gone.TrySetResult()); // holds the message until its sender is gone
                await gone.Task;
            }

            return 204;
        };
        var folder = Directory.CreateTempSubdirectory("gateflow-webhooks-").FullName;
        Received cut, taken;
        await using (var gateflow = await ManagedGateflow.StartAsync(new Dictionary<string, string?>(Private) { ["Gateflow:DataDirectory"] = folder }))
        {
            await AddAsync(gateflow, receiver);
            var id = await gateflow.DraftAsync();
            await gateflow.MustAsync("POST", $"/migrations/{id}/execute");
            await gateflow.MustAsync("POST", $"/migrations/{id}/rollback", """{"reason": "stop"}""");
            cut = await receiver.NextAsync();
        }

        await using (await ManagedGateflow.StartAsync(new Dictionary<string, string?>(Private) { ["Gateflow:DataDirectory"] = folder }))
        {
            taken = await receiver.NextAsync();
        }

        Assert.Equal((cut.Id, "migration.rolled_back"), (taken.Id, taken.Type));
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Completed_SubscribedAlone_IsAllThatIsSent()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var gateflow = await ManagedGateflow.StartAsync(Private);
        await AddAsync(gateflow, receiver, """["migration.completed"]""");
        var id = await gateflow.DraftAsync("""{"strategy": "instant", "min_samples": 0, "soak_minutes": 0, "rollback_threshold": {}}""");
        await gateflow.MustAsync("POST", $"/migrations/{id}/execute");

        var message = await receiver.NextAsync();
        await gateflow.MustAsync("POST", $"/migrations/{id}/rollback", """{"reason": "back"}""");
        await gateflow.Host.Get<Deliveries>().RunOnceAsync(Token);

        Assert.Equal(("migration.completed", 100), (message.Type, message.Json["data"]!["traffic_on_target"]!.GetValue<double>()));
        Assert.EndsWith($"/migrations/{id}", ManagedGateflow.Text(message.Json["data"]!, "link"), StringComparison.Ordinal);
        Assert.Equal(1, receiver.Count);
    }

    [Fact]
    public async Task TestAndRedeliver_TellWhatCameOfThem()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var gateflow = await ManagedGateflow.StartAsync(Private);
        var (hook, secret) = await AddAsync(gateflow, receiver);

        receiver.Answer = (_, _) => Task.FromResult(302);
        var failed = await gateflow.MustAsync("POST", $"/webhooks/{hook}/test");
        receiver.Answer = (_, _) => Task.FromResult(200);
        var again = await gateflow.MustAsync("POST", $"/webhooks/{hook}/deliveries/{ManagedGateflow.Text(failed, "id")}/redeliver");

        Assert.Equal(("failed", "webhook.test"), (ManagedGateflow.Text(failed, "status"), ManagedGateflow.Text(failed, "event")));
        Assert.Contains("redirects", ManagedGateflow.Text(failed["trail"]![0]!, "error"), StringComparison.Ordinal);
        Assert.Equal("delivered", ManagedGateflow.Text(again, "status"));
        Assert.Equal((await receiver.NextAsync()).Id, (await receiver.NextAsync()).Id);

        var rotated = ManagedGateflow.Text(await gateflow.MustAsync("PATCH", $"/webhooks/{hook}", """{"rotate_secret": true}"""), "secret");
        await gateflow.MustAsync("POST", $"/webhooks/{hook}/test");
        var message = await receiver.NextAsync();
        Assert.True(message.IsSignedWith(rotated) && !message.IsSignedWith(secret));
    }

    [Fact]
    public async Task Secret_ShownOnce_IsNowhereInTheDatabase()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var gateflow = await ManagedGateflow.StartAsync(Private);
        gateflow.Host.Client.DefaultRequestHeaders.Add("Idempotency-Key", "once");

        var (hook, secret) = await AddAsync(gateflow, receiver);
        var (again, same) = await AddAsync(gateflow, receiver);

        gateflow.Host.Client.DefaultRequestHeaders.Remove("Idempotency-Key");
        Assert.Equal((hook, secret), (again, same));
        Assert.DoesNotContain(secret, (await gateflow.MustAsync("GET", $"/webhooks/{hook}")).ToJsonString(), StringComparison.Ordinal);
        await using (var db = gateflow.Host.Get<IDbContextFactory<GateflowDb>>().CreateDbContext())
        {
            await db.Database.ExecuteSqlRawAsync("PRAGMA wal_checkpoint(TRUNCATE)", Token);
        }

        var stored = await File.ReadAllTextAsync(Path.Combine(gateflow.Host.DataDirectory, "gateflow.db"), System.Text.Encoding.Latin1, Token);
        Assert.Contains(hook, stored, StringComparison.Ordinal);
        Assert.DoesNotContain(secret["whsec_".Length..], stored, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"url": "ftp://example.com"}""", "url")]
    [InlineData("""{"url": "https://user:pass@example.com"}""", "url")]
    [InlineData("""{"url": "http://169.254.169.254/latest"}""", "url")]
    [InlineData("""{"url": "http://127.0.0.1:9/"}""", "url")]
    [InlineData("""{"url": "https://203.0.113.9/", "events": ["migration.started"]}""", "events")]
    [InlineData("""{"url": "https://203.0.113.9/", "secret": "mine"}""", "secret")]
    [InlineData("""{"url": 7}""", "url")]
    [InlineData("{}", "url")]
    public async Task Create_Wrong_NamesTheField(string body, string param)
    {
        await using var gateflow = await ManagedGateflow.StartAsync();

        var (status, answer) = await gateflow.CallAsync("POST", "/webhooks", body);

        Assert.Equal((HttpStatusCode.UnprocessableEntity, param), (status, ManagedGateflow.Text(answer["error"]!, "param")));
    }

    /// <summary>Ends when so many attempts are stored.</summary>
    private static Task AfterAttempts(ManagedGateflow gateflow, int attempts)
    {
        var done = new TaskCompletionSource();
        gateflow.Host.Get<Deliveries>().Changed += _ =>
        {
            if (Interlocked.Decrement(ref attempts) == 0)
            {
                done.TrySetResult();
            }
        };
        return done.Task.WaitAsync(TimeSpan.FromSeconds(30), Token);
    }

    private static async Task<(string Id, string Secret)> AddAsync(ManagedGateflow gateflow, WebhookReceiver receiver, string events = "[]")
    {
        var made = await gateflow.MustAsync("POST", "/webhooks", new JsonObject { ["url"] = receiver.Url.ToString(), ["events"] = JsonNode.Parse(events) }.ToJsonString());
        return (ManagedGateflow.Text(made, "id"), ManagedGateflow.Text(made, "secret"));
    }
}

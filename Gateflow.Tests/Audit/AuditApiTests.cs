using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Gateflow.Core.Audit;
using Gateflow.Core.Storage;
using Gateflow.Tests.Management;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Tests.Audit;

public sealed class AuditApiTests : IAsyncLifetime
{
    private ManagedGateflow gateflow = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => gateflow = await ManagedGateflow.StartAsync();

    public ValueTask DisposeAsync() => gateflow.DisposeAsync();

    [Fact]
    public async Task Mutations_OfEachKind_AreEnteredWithActorIdAndFields()
    {
        var key = await gateflow.MustAsync("POST", "/api-keys", """{"name": "checkout", "rate_limits": {"rpm": 5}}""");
        var id = ManagedGateflow.Text(key, "id");
        await gateflow.MustAsync("PATCH", $"/api-keys/{id}", """{"name": "checkout2", "rate_limits": {"rpm": 9}}""");
        await gateflow.MustAsync("PATCH", $"/api-keys/{id}", """{"name": "checkout2"}""");
        await gateflow.MustAsync("DELETE", $"/api-keys/{id}");
        var migration = await gateflow.DraftAsync("""{"canary_percentage": 25}""");
        await gateflow.MustAsync("POST", $"/migrations/{migration}/cancel", """{"reason": "not now"}""");
        await gateflow.MustAsync("GET", $"/migrations/{migration}");
        await gateflow.CallAsync("PATCH", $"/migrations/{migration}", """{"canary_percentage": 900}""");

        var all = await EntriesAsync("");

        Assert.Equal(
            ["api_key.create", "api_key.update", "api_keys.update", "api_key.update", "migration.created", "migration.configured", "migration.configured", "migration.cancelled"],
            all.Select(e => ManagedGateflow.Text(e, "action")));
        Assert.All(all, e => Assert.Equal(("Administrator", "key_bootstrap", "api"), (ManagedGateflow.Text(e, "actor"), ManagedGateflow.Text(e, "actor_id"), ManagedGateflow.Text(e, "channel"))));
        Assert.Equal(["name", "rate_limits.rpm"], Fields(all[1]));
        Assert.Empty(Fields(all[2]));
        Assert.Equal(["revoked_at"], Fields(all[3]));
        Assert.Contains("config.canary_percentage", Fields(all[6]));
        Assert.Equal([id, id, id, id, migration, migration, migration, migration], all.Select(e => ManagedGateflow.Text(e, "target")));
        Assert.DoesNotContain(ManagedGateflow.Text(key, "key"), string.Concat(all.Select(e => e.ToJsonString())), StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_FiltersAndPages()
    {
        await gateflow.MustAsync("POST", "/api-keys", """{"name": "one"}""");
        var two = ManagedGateflow.Text(await gateflow.MustAsync("POST", "/api-keys", """{"name": "two"}"""), "id");
        await gateflow.MustAsync("DELETE", $"/api-keys/{two}");

        var first = await gateflow.MustAsync("GET", "/audit-log?action=api_key&limit=2");
        var second = await gateflow.MustAsync("GET", $"/audit-log?action=api_key&limit=2&cursor={ManagedGateflow.Text(first, "next_cursor")}");

        Assert.Equal([3L, 2L], first["data"]!.AsArray().Select(e => e!["sequence"]!.GetValue<long>()));
        Assert.Equal([1L], second["data"]!.AsArray().Select(e => e!["sequence"]!.GetValue<long>()));
        Assert.Null(second["next_cursor"]);
        Assert.Equal(2, (await EntriesAsync($"?target={two}")).Count);
        Assert.Single(await EntriesAsync($"?target={two}&action=api_key.create&actor=Administrator&from=2020-01-01"));
        Assert.Empty(await EntriesAsync("?to=2020-01-01"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await gateflow.CallAsync("GET", "/audit-log?from=yesterday&cursor=x")).Status);
    }

    [Fact]
    public async Task Verify_ByTheFormulaOfTheDocs_HoldsUntilAnEntryIsChangedDroppedOrCutOff()
    {
        for (var i = 0; i < 5; i++)
        {
            await gateflow.MustAsync("POST", "/api-keys", $$"""{"name": "Schlüssel {{i}}"}""");
        }

        var entries = await EntriesAsync("");
        var previous = new string('0', 64);
        foreach (var entry in entries)
        {
            var at = DateTimeOffset.Parse(ManagedGateflow.Text(entry, "at"), System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();
            var text = $"[\"{previous}\",{entry["sequence"]},{at},\"Administrator\",\"key_bootstrap\",\"api\",\"api_key.create\",\"{ManagedGateflow.Text(entry, "target")}\",[]]";
            previous = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
            Assert.Equal(previous, ManagedGateflow.Text(entry, "hash"));
        }

        Assert.Equal("""{"valid":true,"entries":5,"head_hash":"HEAD"}""".Replace("HEAD", previous, StringComparison.Ordinal), (await gateflow.MustAsync("GET", "/audit-log/verify")).ToJsonString());
        await BreakAsync(5, db => db.AuditLog.Where(e => e.Sequence == 5).ExecuteDeleteAsync(Token), "cut off");
        await BreakAsync(2, db => db.AuditLog.Where(e => e.Sequence == 2).ExecuteUpdateAsync(set => set.SetProperty(e => e.Actor, "Mallory"), Token), "was changed");
        await BreakAsync(1, db => db.AuditLog.Where(e => e.Sequence == 1).ExecuteDeleteAsync(Token), "is missing");
    }

    // Somebody who can write the database can compute hashes, too.
    [Theory]
    [InlineData(2, 3, "does not follow the entry before it")]
    [InlineData(4, 4, "the log was rewritten")]
    public async Task Verify_EntriesRewrittenWithTheirHashes_NextOneOrTheHeadTells(long last, long broken, string reason)
    {
        for (var i = 0; i < 4; i++)
        {
            await gateflow.MustAsync("POST", "/api-keys", $$"""{"name": "key {{i}}"}""");
        }

        await BreakAsync(
            broken,
            async db =>
            {
                var previous = (await db.AuditLog.SingleAsync(e => e.Sequence == 1, Token)).Hash;
                foreach (var entry in await db.AuditLog.AsNoTracking().Where(e => e.Sequence > 1 && e.Sequence <= last).OrderBy(e => e.Sequence).ToListAsync(Token))
                {
                    var forged = new AuditEntry
                    {
                        Sequence = entry.Sequence, At = entry.At, Actor = "Mallory", ActorId = entry.ActorId, Channel = entry.Channel, Action = entry.Action, Target = entry.Target,
                        Fields = entry.Fields, PreviousHash = previous,
                    };
                    var hash = AuditChain.HashOf(forged);
                    await db.AuditLog.Where(e => e.Sequence == forged.Sequence).ExecuteUpdateAsync(
                        set => set.SetProperty(e => e.Actor, forged.Actor).SetProperty(e => e.PreviousHash, forged.PreviousHash).SetProperty(e => e.Hash, hash), Token);
                    previous = hash;
                }
            },
            reason);
    }

    [Fact]
    public async Task Csv_HoldsTheEntriesOfTheFilter()
    {
        await gateflow.MustAsync("POST", "/api-keys", """{"name": "one"}""");
        await gateflow.DraftAsync();

        var csv = await gateflow.Host.Client.GetStringAsync(new Uri("/audit-log.csv?action=api_key", UriKind.Relative), Token);

        var lines = csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("sequence,at,actor,actor_id,channel,action,target,fields", lines[0], StringComparison.Ordinal);
        Assert.Contains(",Administrator,key_bootstrap,api,api_key.create,key_", Assert.Single(lines[1..]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Save_ThatFails_LeavesNoEntry()
    {
        var factory = gateflow.Host.Get<IDbContextFactory<GateflowDb>>();
        await SaveTwiceAsync(factory);

        Assert.Empty(await EntriesAsync(""));
        Assert.True((await gateflow.MustAsync("GET", "/audit-log/verify"))["valid"]!.GetValue<bool>());
    }

    private static async Task SaveTwiceAsync(IDbContextFactory<GateflowDb> factory)
    {
        new AuditScope("Ada", "key_1", AuditChannel.Page, TimeProvider.System).Enter();
        await using var db = await factory.CreateDbContextAsync(Token);
        db.Add(new Setting { Name = "test.one", Value = "1" });
        db.Add(new Setting { Name = AuditChain.Head, Value = "taken" });
        await Assert.ThrowsAsync<DbUpdateException>(() => db.SaveChangesAsync(Token));
    }

    private async Task BreakAsync(long broken, Func<GateflowDb, Task> change, string reason)
    {
        await using (var db = await gateflow.Host.Get<IDbContextFactory<GateflowDb>>().CreateDbContextAsync(Token))
        {
            await change(db);
        }

        var found = await gateflow.MustAsync("GET", "/audit-log/verify");
        Assert.False(found["valid"]!.GetValue<bool>());
        Assert.Equal(broken, found["first_broken"]!.GetValue<long>());
        Assert.Contains(reason, ManagedGateflow.Text(found, "reason"), StringComparison.Ordinal);
    }

    private static IEnumerable<string> Fields(JsonObject entry) => entry["fields"]!.AsArray().Select(f => f!.GetValue<string>());

    /// <summary>Oldest first.</summary>
    private async Task<List<JsonObject>> EntriesAsync(string query)
    {
        var list = await gateflow.MustAsync("GET", "/audit-log" + query);
        return [.. list["data"]!.AsArray().Select(e => (JsonObject)e!).Reverse()];
    }
}

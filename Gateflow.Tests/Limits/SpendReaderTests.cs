using System.Collections.Frozen;
using Gateflow.Core.Access;
using Gateflow.Core.Limits;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Gateflow.Tests.Usage;
using Microsoft.Extensions.Time.Testing;

namespace Gateflow.Tests.Limits;

public sealed class SpendReaderTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 25, 12, 10, 0, TimeSpan.Zero);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_RollupsOfSeveralNodes_CountOwnOnceAndOthersAgain()
    {
        using var database = await UsageDatabase.CreateAsync();
        await database.AddAsync(
            Rollup("me", Noon.AddHours(-1), 10, 1m), Rollup("me", Noon.AddDays(-1), 100, 2m), Rollup("me", Noon.AddDays(-30), 1000, 50m),
            Rollup("other", Noon.AddHours(-2), 7, 3m), Rollup("other", Noon.AddHours(-2), 5000, 500m, key: "key_b"));
        var (meters, clock) = (new KeyMeters(), new FakeTimeProvider(Noon));
        var reader = new SpendReader(database, Table, meters, new NodeName("me"), clock);

        await reader.RunOnceAsync(Token);
        var meter = meters.Of("key_a");
        Assert.Equal((17L, 6m), meter.Spent(Noon));

        // What this node writes from now on is counted in memory already; what others write is news.
        meter.Settle(meter.Take(new KeyLimits { DailyRequests = 1000 }, 1, Noon, 0), 1, Noon, 0, 0.5m);
        await database.AddAsync(Rollup("me", Noon, 1, 0.5m), Rollup("other", Noon, 20, 1.25m));
        await reader.RunOnceAsync(Token);

        Assert.Equal((38L, 7.75m), meter.Spent(Noon));
        Assert.False(meters.Of("key_b").IsSeeded);
    }

    [Fact]
    public async Task Run_LimitTakenAwayAndSetAgain_BeginsWithWhatTheRollupsSay()
    {
        using var database = await UsageDatabase.CreateAsync();
        await database.AddAsync(Rollup("me", Noon.AddHours(-1), 10, 1m));
        var (meters, table) = (new KeyMeters(), Table());
        var reader = new SpendReader(database, () => table, meters, new NodeName("me"), new FakeTimeProvider(Noon));
        await reader.RunOnceAsync(Token);

        table = Table(limits: null);
        await reader.RunOnceAsync(Token);
        await database.AddAsync(Rollup("me", Noon, 500, 50m)); // passed without a limit
        table = Table();
        await reader.RunOnceAsync(Token);

        Assert.Equal((510L, 51m), meters.Of("key_a").Spent(Noon));
    }

    private static UsageRollup Rollup(string node, DateTimeOffset at, long requests, decimal cost, string key = "key_a") => new()
    {
        Hour = new DateTimeOffset(at.Date.AddHours(at.Hour), TimeSpan.Zero), Node = node, Model = "gpt-4", ServedModel = "gpt-4", Feature = "", KeyId = key,
        Requests = requests, Refused = 99, Cost = cost,
    };

    private static RouteTable Table() => Table(new KeyLimits { DailyRequests = 1000, MonthlyCostUsd = 1000 });

    private static RouteTable Table(KeyLimits? limits) => new()
    {
        Keys = new Dictionary<KeyHash, KeyEntry>
        {
            [new KeyHash(1, 0, 0, 0)] = Entry("key_a", limits),
            [new KeyHash(2, 0, 0, 0)] = Entry("key_b", new KeyLimits { Rpm = 5 }),
            [new KeyHash(3, 0, 0, 0)] = Entry("key_c", null),
        }.ToFrozenDictionary(),
    };

    private static KeyEntry Entry(string id, KeyLimits? limits) => new() { Id = id, Name = id, Role = Role.Application, Limits = limits };
}

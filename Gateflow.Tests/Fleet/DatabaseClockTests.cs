using System.Diagnostics;
using Gateflow.Core.Fleet;
using Gateflow.Core.Storage;
using Gateflow.Tests.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;

namespace Gateflow.Tests.Fleet;

public sealed class DatabaseClockTests(PostgreSqlServer server) : IClassFixture<PostgreSqlServer>
{
    private static readonly TimeSpan Near = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task Register_TwoNodesWhoseClocksAreFiveSecondsOffAndAYearOff_TellTheDatabasesTime()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.PostgreSql, server.NewDatabase());
        var truth = TimeProvider.System.GetUtcNow();
        List<DatabaseClock> clocks = [];
        List<ThisNode> nodes = [];
        foreach (var off in new[] { TimeSpan.FromSeconds(5), TimeSpan.FromDays(-365) })
        {
            var clock = new DatabaseClock(new FakeTimeProvider(truth + off));
            var node = new ThisNode { Name = $"node{clocks.Count}", SharesDatabase = true };
            Assert.True((clock.GetUtcNow() - truth).Duration() > Near);

            await new NodeRegistry(database.Factory, node, clock, clock).RegisterAsync(TestContext.Current.CancellationToken);

            clocks.Add(clock);
            nodes.Add(node);
        }

        Assert.All(clocks, clock => Assert.InRange((clock.GetUtcNow() - TimeProvider.System.GetUtcNow()).Duration(), TimeSpan.Zero, Near));
        Assert.Equal([1, 2], nodes.Select(n => n.Ordinal));
        await using var db = database.Open();
        Assert.Equal(2, await db.Nodes.CountAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Set_SlowAnswer_TakesTheMiddleAndGoesOnMonotonically()
    {
        var clock = new DatabaseClock(TimeProvider.System);
        var now = Stopwatch.GetTimestamp();
        var database = new DateTimeOffset(2031, 5, 1, 0, 0, 0, TimeSpan.Zero);

        clock.Set(database, now - (2 * Stopwatch.Frequency), now);
        var first = clock.GetUtcNow();

        Assert.InRange(first, database.AddSeconds(1), database.AddSeconds(3));
        Assert.True(clock.GetUtcNow() >= first);
    }
}

using Gateflow.Core.Fleet;
using Gateflow.Tests.Storage;
using Microsoft.Extensions.Time.Testing;

namespace Gateflow.Tests.Fleet;

public sealed class LeaseTests
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Hold_HolderFallsSilent_PassesOnAfterThreeSecondsAndDoesNotComeBack()
    {
        await using var database = await TestDatabase.CreateAsync();
        var (oneClock, twoClock) = (new FakeTimeProvider(), new FakeTimeProvider(DateTimeOffset.UnixEpoch)); // they agree on nothing
        var one = new Lease(database.Factory, new ThisNode { Name = "one" }, oneClock, "work");
        var two = new Lease(database.Factory, new ThisNode { Name = "two" }, twoClock, "work");

        Assert.True(await one.HoldAsync(Token));
        for (var second = 0; second < 6; second++)
        {
            Assert.True(await one.HoldAsync(Token));
            Assert.False(await two.HoldAsync(Token));
            twoClock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.False(await two.HoldAsync(Token)); // the last beat is a second old to it
        twoClock.Advance(Lease.Patience);
        Assert.True(await two.HoldAsync(Token));
        Assert.False(await one.HoldAsync(Token));
    }
}

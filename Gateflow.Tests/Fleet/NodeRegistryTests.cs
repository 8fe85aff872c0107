using Gateflow.Core.Fleet;
using Gateflow.Tests.Storage;
using Microsoft.Extensions.Time.Testing;

namespace Gateflow.Tests.Fleet;

public sealed class NodeRegistryTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, new[] { "alive" })]
    [InlineData(false, new string[0])]
    public async Task Others_NodesThatGaveASignOfLife_AreNamed(bool shared, string[] expected)
    {
        await using var database = await TestDatabase.CreateAsync();
        var clock = new FakeTimeProvider();
        NodeRegistry Node(string name) => new(database.Factory, new ThisNode { Name = name, SharesDatabase = shared }, clock, null);
        await Node("gone").RegisterAsync(Token);
        await Node("alive").RegisterAsync(Token);
        await Node("me").RegisterAsync(Token);
        clock.Advance(TimeSpan.FromMinutes(1.9));
        await Node("alive").RunOnceAsync(Token);
        clock.Advance(TimeSpan.FromMinutes(0.2));

        Assert.Equal(expected, await Node("me").OthersAsync(Token));
    }
}

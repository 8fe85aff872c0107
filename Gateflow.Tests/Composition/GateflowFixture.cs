namespace Gateflow.Tests.Composition;

/// <summary>One program for all tests of a class that leave it as they found it.</summary>
public sealed class GateflowFixture : IAsyncLifetime
{
    public GateflowHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Host = await GateflowHost.StartAsync();

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}

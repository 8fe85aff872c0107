using Gateflow.E2E.Hosting;

namespace Gateflow.E2E.Journeys;

/// <summary>One program with its demo and one Chromium, shared by the journeys that leave no migration running behind them.</summary>
public sealed class DemoFixture : IAsyncLifetime
{
    public GateflowProcess Gateflow { get; private set; } = null!;

    public Browser Browser { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Gateflow = await GateflowProcess.StartAsync();
        Browser = await Browser.StartAsync();
        await Gateflow.DemoAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Browser.DisposeAsync();
        await Gateflow.DisposeAsync();
    }

    /// <summary>A visitor of their own, signed in by the administrator's key.</summary>
    public async Task<Visitor> SignedInAsync(int width = 1280, int height = 860)
    {
        var visitor = await Browser.VisitAsync(Gateflow.Url, width: width, height: height);
        await visitor.SignInAsync();
        return visitor;
    }
}

/// <summary>The journeys that share a <see cref="DemoFixture"/>.</summary>
[CollectionDefinition(Name)]
public sealed class DemoJourneys : ICollectionFixture<DemoFixture>
{
    public const string Name = "Journeys through the demo";
}

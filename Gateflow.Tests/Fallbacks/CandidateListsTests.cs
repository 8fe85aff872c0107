using Gateflow.Core.Alerts;
using Gateflow.Core.Catalog;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Fallbacks;
using Gateflow.Gateway.Protocols;
using Gateflow.Gateway.Routing;
using Microsoft.Extensions.Time.Testing;

namespace Gateflow.Tests.Fallbacks;

public sealed class CandidateListsTests
{
    private static readonly ProviderEndpoint Provider = new() { Name = "openai", Type = ProviderType.OpenAI, BaseUrl = new Uri("http://localhost/v1") };

    private readonly CandidateLists _lists;

    public CandidateListsTests()
    {
        var time = new FakeTimeProvider();
        _lists = new CandidateLists(new ModelHealths(new Breakers(new BreakerOptions(), time), new GoneModels(time), new ProviderCalls(time), new AlertBell(), () => ModelCatalog.Embedded), new ProviderLimits(time));
    }

    [Fact]
    public void Of_Again_IsTheSameListAndAllocatesNothing()
    {
        var route = Route("gpt-4", Provider);
        var first = _lists.Of(route, Protocol.Chat, CandidateLists.Place.Own, demoKey: false);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var again = _lists.Of(route, Protocol.Chat, CandidateLists.Place.Own, demoKey: false);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Same(first, again);
    }

    [Fact]
    public void Of_DemosProvider_ServesItsKeysAloneAndOthersOnlyForWantOfAnother()
    {
        var demo = Provider with { Name = "demo", Demo = true };
        var both = Route("gpt-4", Provider, demo);

        string[] For(ModelRoute route, bool demoKey) => [.. _lists.Of(route, Protocol.Chat, CandidateLists.Place.Own, demoKey).Select(c => c.Provider)];

        Assert.Equal(["openai"], For(both, demoKey: false));
        Assert.Equal(["demo"], For(both, demoKey: true));
        Assert.Equal(["demo"], For(Route("gpt-3", demo), demoKey: false));
        Assert.Empty(For(Route("gpt-2", Provider), demoKey: true));
    }

    private static ModelRoute Route(string model, params ProviderEndpoint[] providers) => new(model, [.. providers.Select(p => new ModelEndpoint(p, model))], null);
}

using System.Net;
using Gateflow.Core.Catalog;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Gateflow.Tests.Management;
using Gateflow.Tests.Usage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Tests.Migrations;

/// <summary>Embeddings: vectors of two models are never mixed.</summary>
public sealed class VectorRuleTests : IAsyncLifetime
{
    private const string Small = "text-embedding-3-small";
    private const string Large = "text-embedding-3-large";

    /// <summary>Not in the catalog.</summary>
    private const string House = "house-embedder", OtherHouse = "other-embedder";

    /// <summary>Nor do their names tell what they make.</summary>
    private const string Plain = "house-model", OtherPlain = "other-model";

    private ManagedGateflow _gateflow = null!;

    public async ValueTask InitializeAsync() => _gateflow = await ManagedGateflow.StartAsync(new Dictionary<string, string?>
    {
        ["Gateflow:Providers:sim:Models:3"] = Small,
        ["Gateflow:Providers:sim:Models:4"] = Large,
        ["Gateflow:Providers:other:Type"] = "OpenAICompatible",
        ["Gateflow:Providers:other:BaseUrl"] = "http://127.0.0.1:9/v1",
        ["Gateflow:Providers:other:Models:0"] = Small,
        ["Gateflow:Providers:other:Models:1"] = House,
        ["Gateflow:Providers:other:Models:2"] = OtherHouse,
        ["Gateflow:Providers:other:Models:3"] = "bge-m3",
        ["Gateflow:Providers:other:Models:4"] = Plain,
        ["Gateflow:Providers:other:Models:5"] = OtherPlain,
    });

    public ValueTask DisposeAsync() => _gateflow.DisposeAsync();

    [Fact]
    public async Task Compatibility_OtherVectors_WarnsAndSaysWhatToDo()
    {
        var id = await _gateflow.DraftAsync(source: Small, target: Large);

        var report = await _gateflow.MustAsync("POST", $"/migrations/{id}/compatibility", $$"""{"target_model": "{{Large}}"}""");

        var check = report["checks"]!.AsArray().Single(c => ManagedGateflow.Text(c!, "feature") == "vectors")!;
        Assert.Equal(("warn", $"Vectors of {Small} and {Large} cannot be compared with each other"), (ManagedGateflow.Text(check, "status"), ManagedGateflow.Text(check, "detail")));
        Assert.Contains("anew", ManagedGateflow.Text(check, "what_to_do"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"strategy": "shadow"}""")]
    [InlineData("""{"strategy": "steps", "steps": [{"weight": 50, "hold_minutes": 1}]}""")]
    public async Task Execute_StepsThatMixVectors_IsRefused(string configuration)
    {
        var id = await _gateflow.DraftAsync(configuration, Small, Large);

        var (status, body) = await _gateflow.CallAsync("POST", $"/migrations/{id}/execute");

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "strategy"), (status, ManagedGateflow.Text(body["error"]!, "param")));
        Assert.Contains("cannot be compared", ManagedGateflow.Text(body["error"]!, "message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Execute_SourceThatNobodyKnowsBeforeATargetOfVectors_MayNotSplitTheTraffic()
    {
        var id = await _gateflow.DraftAsync("{}", House, Large);

        var (status, body) = await _gateflow.CallAsync("POST", $"/migrations/{id}/execute");

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "strategy"), (status, ManagedGateflow.Text(body["error"]!, "param")));
    }

    [Fact]
    public async Task Execute_ModelsThatNobodyKnows_UseTellsThatTheyMakeVectorsEvenWithoutAnAnalysis()
    {
        await UseAsync(Plain, Capabilities.Embeddings);
        var id = await _gateflow.DraftAsync("{}", Plain, OtherPlain);

        var (status, body) = await _gateflow.CallAsync("POST", $"/migrations/{id}/execute");

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "strategy"), (status, ManagedGateflow.Text(body["error"]!, "param")));
    }

    [Fact]
    public async Task Execute_ModelsThatNobodyKnowsOrUsed_TheSourcesNameTellsThatItMakesVectors()
    {
        var id = await _gateflow.DraftAsync("{}", House, OtherPlain);

        var (status, body) = await _gateflow.CallAsync("POST", $"/migrations/{id}/execute");

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "strategy"), (status, ManagedGateflow.Text(body["error"]!, "param")));
    }

    [Fact]
    public async Task Execute_ModelOfSuchANameThatWasUsedForWords_Starts()
    {
        await UseAsync(House, Capabilities.Chat);
        var id = await _gateflow.DraftAsync("{}", House, OtherPlain);

        await _gateflow.MustAsync("POST", $"/migrations/{id}/execute");
    }

    [Fact]
    public async Task Execute_SourceThatWasAddedWithItsPriceOnly_MayNotSplitTheTraffic()
    {
        await _gateflow.MustAsync("POST", "/models", """{"provider": "other", "id": "bge-m3", "price": {"input": 1, "output": 0}}""");
        var id = await _gateflow.DraftAsync("{}", "bge-m3", OtherHouse);

        var (status, body) = await _gateflow.CallAsync("POST", $"/migrations/{id}/execute");

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "strategy"), (status, ManagedGateflow.Text(body["error"]!, "param")));
    }

    [Theory]
    [InlineData("""{"strategy": "instant"}""", Large)]
    [InlineData("""{"strategy": "shadow", "then": "instant"}""", Large)]
    [InlineData("{}", $"other/{Small}")] // the same vectors elsewhere
    public async Task Execute_OneKindOfVectors_Starts(string configuration, string target)
    {
        var id = await _gateflow.DraftAsync(configuration, Small, target);

        await _gateflow.MustAsync("POST", $"/migrations/{id}/execute");
    }

    [Theory]
    [InlineData(Large, Small)]
    [InlineData(House, OtherHouse)]
    public async Task Chain_WithOtherVectors_IsWarnedOfAndNotPlayed(string primary, string other)
    {
        var chain = await _gateflow.MustAsync("POST", "/fallback-chains", $$"""{"primary": "{{primary}}", "fallbacks": ["{{other}}"]}""");

        var played = await _gateflow.MustAsync("POST", "/fallback-chains/dry-run", $$"""{"model": "{{primary}}"}""");
        var named = await _gateflow.MustAsync("POST", "/fallback-chains/dry-run", $$"""{"model": "{{primary}}", "fallbacks": ["{{other}}"]}""");

        Assert.Contains("cannot be compared", ManagedGateflow.Text(Assert.Single(chain["warnings"]!.AsArray())!, "message"), StringComparison.Ordinal);
        Assert.Equal((null, "not_suitable"), (played["answered_by"]?.GetValue<string>(), ManagedGateflow.Text(played["not_asked"]![0]!, "why")));
        Assert.Equal(other, ManagedGateflow.Text(named, "answered_by"));
    }

    [Fact]
    public async Task Patch_OfAScheduledOne_MayNotSplitTheTraffic()
    {
        var id = await _gateflow.DraftAsync("""{"strategy": "scheduled", "execute_at": "2090-01-01T00:00:00Z"}""", Small, Large);
        await _gateflow.MustAsync("POST", $"/migrations/{id}/execute");

        var (status, _) = await _gateflow.CallAsync("PATCH", $"/migrations/{id}", """{"then": "canary"}""");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
    }

    // Of models that nobody knows their use alone tells it, whether or not it was analysed.
    [Theory]
    [InlineData("scheduled", """{"strategy": "scheduled", "execute_at": "2090-01-01T00:00:00Z"}""", """{"then": "canary"}""")]
    [InlineData("paused", """{"strategy": "steps", "steps": [{"weight": 100, "hold_minutes": 60}]}""", """{"steps": [{"weight": 50, "hold_minutes": 60}, {"weight": 100, "hold_minutes": 60}]}""")]
    public async Task Patch_OfModelsThatNobodyKnowsAndNobodyAnalysed_MayNotSplitTheTraffic(string state, string configuration, string patch)
    {
        await UseAsync(Plain, Capabilities.Embeddings);
        var id = await _gateflow.DraftAsync(configuration, Plain, OtherPlain);
        await _gateflow.MustAsync("POST", $"/migrations/{id}/execute");
        if (state == "paused")
        {
            await _gateflow.MustAsync("POST", $"/migrations/{id}/pause");
        }

        var (status, body) = await _gateflow.CallAsync("PATCH", $"/migrations/{id}", patch);

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "strategy"), (status, ManagedGateflow.Text(body["error"]!, "param")));
        Assert.Equal(state, ManagedGateflow.Text((await _gateflow.CallAsync("GET", $"/migrations/{id}")).Body, "status"));
    }

    /// <summary>Has seven such requests for a model two days ago.</summary>
    private async Task UseAsync(string model, Capabilities use)
    {
        var counts = new CapabilityCounts();
        counts.Add(use, 7);
        var hour = new DateTimeOffset(TimeProvider.System.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero).AddDays(-2);
        await using var db = await _gateflow.Host.Get<IDbContextFactory<GateflowDb>>().CreateDbContextAsync(TestContext.Current.CancellationToken);
        db.AddRange(StoredHours.WithDay(new UsageRollup
        {
            Hour = hour, Node = "n", Model = model, ServedModel = model, Feature = "", KeyId = "key", Requests = 7, CapabilityCounts = counts.Pack(),
        }));
        await db.SaveChangesAsync(TestContext.Current.CancellationToken);
    }
}

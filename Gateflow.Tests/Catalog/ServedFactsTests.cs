using System.Text.Json.Nodes;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Gateflow.Tests.Management;
using Gateflow.Tests.Usage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Tests.Catalog;

/// <summary>Dates and capabilities belong to the pair of provider and model: those of the provider that serves are told everywhere.</summary>
public sealed class ServedFactsTests : IAsyncLifetime
{
    private const string Model = "gpt-4.1";
    private const string AzuresEnd = "2026-10-14";

    private ManagedGateflow _gateflow = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _gateflow = await ManagedGateflow.StartAsync(new Dictionary<string, string?>
    {
        ["Gateflow:Providers:azure:Type"] = "AzureOpenAI",
        ["Gateflow:Providers:azure:BaseUrl"] = "https://house.openai.azure.com",
        ["Gateflow:Providers:azure:ApiKey"] = "none",
        ["Gateflow:Providers:azure:Models:0"] = Model,
        ["Gateflow:Providers:sim:Models:3"] = "house-7b",
    });

    public ValueTask DisposeAsync() => _gateflow.DisposeAsync();

    [Fact]
    public void Facts_ServedByAReseller_AreTheResellers()
    {
        var models = _gateflow.Host.Get<ModelDirectory>();

        Assert.Equal("azure-openai", models.Facts(Model)!.Provider);
        Assert.Same(models.Facts(Model), models.Facts($"azure/{Model}"));
        Assert.Equal("openai", models.Facts("gpt-5")!.Provider);
        Assert.Null(models.Facts("house-7b"));
    }

    [Fact]
    public async Task Deprecations_AndPlan_TellTheDayOfTheProviderThatServes()
    {
        await UseAsync(Model);

        var entry = (await _gateflow.MustAsync("GET", "/deprecations"))["data"]!.AsArray().Single(e => ManagedGateflow.Text(e!, "model") == Model)!;
        var plan = await _gateflow.MustAsync("POST", "/plans", $$"""{"model": "{{Model}}"}""");

        Assert.Equal(("azure-openai", AzuresEnd), (ManagedGateflow.Text(entry, "provider"), ManagedGateflow.Text(entry, "retires_on")));
        Assert.Equal(AzuresEnd, ManagedGateflow.Text(plan, "retires_on"));
    }

    [Theory]
    [InlineData(Model)]
    [InlineData($"azure/{Model}")]
    public async Task Compatibility_TargetAtAReseller_IsHeldAgainstItsFacts(string target)
    {
        var id = await _gateflow.DraftAsync(target: target);

        var report = await _gateflow.MustAsync("POST", $"/migrations/{id}/compatibility", $$"""{"target_model": "{{target}}"}""");

        var checks = report["checks"]!.AsArray();
        Assert.Contains(AzuresEnd, Detail(checks, "lifecycle"), StringComparison.Ordinal);
        Assert.DoesNotContain(checks, c => ManagedGateflow.Text(c!, "feature") == "model");
    }

    [Fact]
    public async Task Recommendations_SourceThatTheCatalogDoesNotCarry_AreMadeOnItsUse()
    {
        await UseAsync("house-7b");

        var draft = await _gateflow.MustAsync("POST", "/migrations", """{"source_model": "house-7b", "analyze": true}""");

        Assert.Contains(draft["recommendations"]!.AsArray(), r => ManagedGateflow.Text(r!, "model") == ManagedGateflow.Target);
    }

    private static string Detail(JsonArray checks, string feature) => ManagedGateflow.Text(checks.Single(c => ManagedGateflow.Text(c!, "feature") == feature)!, "detail");

    private async Task UseAsync(string model)
    {
        await using var db = await _gateflow.Host.Get<IDbContextFactory<GateflowDb>>().CreateDbContextAsync(Token);
        var day = new DateTimeOffset(TimeProvider.System.GetUtcNow().UtcDateTime.Date.AddDays(-2), TimeSpan.Zero);
        db.AddRange(StoredHours.WithDay(new UsageRollup { Hour = day.AddHours(9), Node = "n", Model = model, ServedModel = model, Feature = "chat", KeyId = "key_a", Requests = 100, MaxContext = 900 }));
        await db.SaveChangesAsync(Token);
    }
}

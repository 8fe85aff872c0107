using Gateflow.Core.Catalog;
using Gateflow.Tests.Pipeline;
using Gateflow.Tests.Shadow;

namespace Gateflow.Tests.Usage;

/// <summary>What a request costs is told by the prices of the provider that answered, which need not be those of the model's vendor.</summary>
public sealed class ServedPriceTests
{
    private static readonly CatalogModel Dear = CatalogModel.Unknown("azure-openai", "gpt-4o") with { InputPrice = 1_000m, OutputPrice = 2_000m };

    private static readonly decimal Cost = ((11 * 1_000m) + (5 * 2_000m)) / 1_000_000;

    [Fact]
    public async Task Post_ProviderHasPricesOfItsOwn_TheyAreRecorded()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Know("gpt-4o", Dear);

        using var response = await host.PostAsync(GatewayHost.Chat("gpt-4o"));

        Assert.Equal(Cost, (await host.RecordAsync()).Cost);
    }

    [Fact]
    public async Task Post_ProviderHasNoPrice_TheCatalogsOfTheModelIsRecorded()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Know("gpt-4o", CatalogModel.Unknown("azure-openai", "gpt-4o"));

        using var response = await host.PostAsync(GatewayHost.Chat("gpt-4o"));

        Assert.Equal(((8 * 2.5m) + (3 * 1.25m) + (5 * 10m)) / 1_000_000, (await host.RecordAsync()).Cost);
    }

    [Theory]
    [InlineData(1.0, 1)]
    [InlineData(0.001, 0)] // a copy would cost more
    public async Task Mirror_ProviderHasPricesOfItsOwn_TheyAreSetAsideAndSpent(double maxCost, int copies)
    {
        await using var host = await ShadowHost.StartAsync((decimal)maxCost);
        host.Gateway.Know("gpt-4o", Dear);

        await host.AskAsync();
        await Wait.UntilAsync(() => host.Counts.Delivered + host.Counts.SkippedBudget > 0); // the copy is sent after the caller has its answer

        Assert.Equal((copies, 1 - copies, copies * Cost), (host.Counts.Delivered, host.Counts.SkippedBudget, host.Counts.Cost));
    }
}

using Gateflow.Core.Catalog;
using Gateflow.Core.Migrations;
using Gateflow.Core.Providers;
using Gateflow.Core.Routing;
using Gateflow.Tests.Storage;
using Gateflow.Tests.Usage;
using Microsoft.Extensions.Time.Testing;

namespace Gateflow.Tests.Migrations;

/// <summary>What the rules of a start cost.</summary>
public sealed class StartRulesTests
{
    [Theory]
    [InlineData(Strategy.Instant, 0)]
    [InlineData(Strategy.Canary, 1)]
    public async Task Fault_StepsThatSplitNothing_ReadsNoUsage(Strategy strategy, int reads)
    {
        var (count, clock, token) = (new CommandCount(), new FakeTimeProvider(), TestContext.Current.CancellationToken);
        await using var database = await TestDatabase.CreateAsync(count);
        var provider = new ProviderEndpoint { Name = "p", Type = ProviderType.OpenAICompatible, BaseUrl = new Uri("https://models.example.com") };
        var rules = new StartRules(new ModelDirectory(ModelCatalog.Embedded, [new ServedProvider(provider, ["gpt-4", "gpt-5"])]), clock);
        var migration = new Migration { Id = "mig_1", SourceModel = "gpt-4", CreatedAt = clock.GetUtcNow(), CreatedBy = "ada" };
        migration.Configure("gpt-5", new MigrationConfig { Strategy = strategy, RollbackThreshold = new RollbackThreshold() }, [], "ada", clock.GetUtcNow());
        await using var db = database.Open();
        count.Take();

        Assert.Null(await rules.FaultAsync(migration, db, token));

        Assert.Equal(reads, count.Take());
    }
}

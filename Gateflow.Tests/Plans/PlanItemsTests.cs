using Gateflow.Core.Migrations;
using Gateflow.Core.Plans;

namespace Gateflow.Tests.Plans;

public sealed class PlanItemsTests
{
    private static readonly PlanUse[] Use =
    [
        new("search", "key_a", 50, 1m), new("chat", "key_a", 200, 4m), new("chat", "key_b", 100, null), new("", "key_c", 30, 0.5m),
    ];

    private static readonly Dictionary<string, string> Names = new() { ["key_a"] = "web", ["key_b"] = "app" };

    private static readonly Dictionary<string, string> Owners = new() { ["chat"] = "Team Chat", ["key_c"] = "nobody's" };

    [Fact]
    public void Build_Owners_AreThoseOfFeatures() => Assert.Equal(["Team Chat", null, null], Build().Select(i => i.Owner));

    [Fact]
    public void Build_Use_ListsFeaturesThenKeysWithTheirUse()
    {
        var items = Build();

        Assert.Equal(["chat", "search", "key_c"], items.Select(i => i.Name));
        Assert.Equal([PlanItemKind.Feature, PlanItemKind.Feature, PlanItemKind.Key], items.Select(i => i.Kind));
        Assert.Equal((300L, (decimal?)null, "web,app"), (items[0].RequestsLast30Days, items[0].CostLast30Days, string.Join(',', items[0].Keys)));
        Assert.Equal((50L, (decimal?)1m), (items[1].RequestsLast30Days, items[1].CostLast30Days));
        Assert.All(items, i => Assert.Equal(PlanState.NotStarted, i.State));
    }

    [Theory]
    [InlineData(MigrationStatus.Draft, PlanState.Drafted)]
    [InlineData(MigrationStatus.Scheduled, PlanState.Scheduled)]
    [InlineData(MigrationStatus.InProgress, PlanState.Running)]
    [InlineData(MigrationStatus.Paused, PlanState.Running)]
    [InlineData(MigrationStatus.Soaking, PlanState.Running)]
    [InlineData(MigrationStatus.Completed, PlanState.Done)]
    [InlineData(MigrationStatus.RolledBack, PlanState.RolledBack)]
    public void Build_MigrationOfOneFeature_ConcernsThatFeatureAlone(MigrationStatus status, PlanState state)
    {
        var items = Build(new PlanMigration("mig_1", status, "gpt-5", new MigrationScope { Features = ["chat"] }));

        Assert.Equal([state, PlanState.NotStarted, PlanState.NotStarted], items.Select(i => i.State));
        Assert.False(items[0].Partly);
    }

    [Fact]
    public void Build_MigrationOfEverything_ConcernsAll()
    {
        var items = Build(new PlanMigration("mig_1", MigrationStatus.Completed, "gpt-5", new MigrationScope()));

        Assert.All(items, i => Assert.Equal(PlanState.Done, i.State));
        Assert.Equal(PlanState.Done, PlanItems.StateOf(items));
    }

    [Fact]
    public void Build_OneOfTwoKeysIsMoved_IsNotDone()
    {
        var items = Build(new PlanMigration("mig_1", MigrationStatus.Completed, "gpt-5", new MigrationScope { ApiKeys = ["key_a"] }));

        Assert.Equal([PlanState.Running, PlanState.Done, PlanState.NotStarted], items.Select(i => i.State));
        Assert.Equal([true, false, false], items.Select(i => i.Partly));
    }

    [Fact]
    public void Build_SomeUsersOnly_IsAPart()
    {
        var items = Build(new PlanMigration("mig_1", MigrationStatus.Completed, "gpt-5", new MigrationScope { Users = ["anna"] }));

        Assert.All(items, i => Assert.Equal((PlanState.Running, true), (i.State, i.Partly)));
    }

    [Fact]
    public void Build_RolledBackAndBegunAgain_TellsOfTheNewOne()
    {
        var items = Build(
            new PlanMigration("mig_1", MigrationStatus.RolledBack, "gpt-5", new MigrationScope()),
            new PlanMigration("mig_2", MigrationStatus.Draft, null, new MigrationScope { Features = ["chat"] }));

        Assert.Equal([PlanState.Drafted, PlanState.RolledBack, PlanState.RolledBack], items.Select(i => i.State));
        Assert.Equal(PlanState.Drafted, PlanItems.StateOf(items));
    }

    [Fact]
    public void Build_NobodyUsesIt_HasTheModelAsAWhole()
    {
        var item = Assert.Single(PlanItems.Build("gpt-4", [], [new PlanMigration("mig_1", MigrationStatus.Completed, "gpt-5", new MigrationScope())], Names, Owners));

        Assert.Equal((PlanItemKind.Model, "gpt-4", PlanState.Done), (item.Kind, item.Name, item.State));
    }

    [Fact]
    public void Build_FeatureOfAScopeThatIsNotUsed_IsListed()
    {
        var items = Build(new PlanMigration("mig_1", MigrationStatus.InProgress, "gpt-5", new MigrationScope { Features = ["nightly"] }));

        Assert.Equal(("nightly", 0L, PlanState.Running), (items[2].Name, items[2].RequestsLast30Days, items[2].State));
    }

    private static IReadOnlyList<PlanItem> Build(params PlanMigration[] migrations) => PlanItems.Build("gpt-4", Use, migrations, Names, Owners);
}

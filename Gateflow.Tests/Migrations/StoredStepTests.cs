using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;
using Gateflow.Tests.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Tests.Migrations;

/// <summary>An earlier version put a gate of its own behind a step that mirrors: what it stored may stand on a step that is no more.</summary>
public sealed class StoredStepTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(3, 100, 2)]
    [InlineData(2, 0, 0)]
    [InlineData(1, 50, 1)]
    public async Task Step_StoredByAnEarlierVersion_IsThePlaceThatFitsItsWeight(int stored, double weight, int step)
    {
        await using var database = await TestDatabase.CreateAsync();
        var migration = new Migration { Id = "mig_1", SourceModel = "gpt-4", CreatedAt = s_now, CreatedBy = "ada" };
        var config = new MigrationConfig { Strategy = Strategy.Steps, Steps = [new StepConfig(5, 10), new StepConfig(50, 10, Mirror: 10)], ApprovalsRequired = 1 };
        Assert.Null(migration.Configure("gpt-4o", config, [], "ada", s_now) ?? migration.Execute("ada", s_now));
        await using var db = database.Open();
        db.Add(migration);
        await db.SaveChangesAsync(Token);
        await db.Migrations.ExecuteUpdateAsync(set => set.SetProperty(m => m.Step, stored).SetProperty(m => m.Weight, weight), Token);

        var read = await db.Migrations.AsNoTracking().SingleAsync(Token);

        Assert.Equal((step, weight), (read.Step, read.Weight));
        Assert.Equal(DecisionKind.Wait, RolloutController.Decide(read, null, s_now.AddSeconds(-1)).Kind);
        Assert.Equal(step == 1 ? 1 : 0, read.ApprovalsNeeded);
    }
}

using Gateflow.Core.Access;
using Gateflow.Core.Catalog;
using Gateflow.Core.Fleet;
using Gateflow.Core.Migrations;
using Gateflow.Core.Providers;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Tests.Storage;
using Gateflow.Tests.Usage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Tests.Rollout;

public sealed class ArmingTests
{
    private const string Id = "mig_1";
    private static readonly DateTimeOffset Noon = new(2027, 1, 4, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // Requests that end while a migration is being completed may be the ones that prove the target bad: the brake goes on, and nobody looks any more.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Update_TargetBrokeWhileItWasBeingCompleted_IsRolledBackOrNotBraked(bool autoRollback)
    {
        await using var database = await TestDatabase.CreateAsync();
        var (models, judge) = (new ModelDirectory(ModelCatalog.Embedded, []), new Judge());
        using var routes = new Routes(new RouteTableLoader(database.Factory, models, new StoredProviders(new FlippingProtector()), new BootstrapKeys([])));
        var transitions = new Transitions(database.Factory, routes);
        var rollbacks = new Rollbacks(transitions, routes, models, judge, TimeProvider.System);
        var arming = new Arming(database.Factory, transitions, rollbacks, judge, new SourceHistory(database.Factory), new ThisNode { Name = "alone" });
        arming.Listen(() => { });
        var migration = new Migration { Id = Id, SourceModel = "source", CreatedAt = Noon, CreatedBy = "tester" };
        migration.Configure("target", migration.Config with { AutoRollback = autoRollback, RollbackThreshold = new RollbackThreshold { ErrorRate = 0.05 } }, [], "tester", Noon);
        await transitions.AddAsync(migration, Token);
        foreach (var move in new Func<Migration, Refusal?>[] { m => m.Execute("tester", Noon), m => m.Soak("tester", Noon), m => m.Complete("tester", Noon) })
        {
            Assert.True((await transitions.ApplyAsync(Id, move, Token)).IsOk);
        }

        for (ulong unit = 0; judge.Read(Id)!.Breach is null; unit++)
        {
            judge.Fold(Id, Outcomes.Outcome(kind: OutcomeKind.TargetFailure, unit: unit));
        }

        Assert.Equal([Id], await arming.UpdateAsync([], Token));

        await using var db = database.Open();
        Assert.Equal(autoRollback ? MigrationStatus.RolledBack : MigrationStatus.Completed, (await db.Migrations.SingleAsync(Token)).Status);
        Assert.Equal(autoRollback, await db.Rollbacks.AnyAsync(r => r.Automatic && r.Guardrail == "error_rate", Token));
        Assert.Equal(!autoRollback, routes.Current.FindMigration(Id) is { Completed: true });
        Assert.False(judge.IsArmed(Id));
    }
}

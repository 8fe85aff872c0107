using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Live;
using Gateflow.Tests.Composition;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Tests.Live;

/// <summary>Events as another node commits them: in any order of their numbers.</summary>
internal static class LateEvents
{
    public static async Task StoreAsync(GateflowHost host, string migrationId, long number)
    {
        await using var db = await host.Get<IDbContextFactory<GateflowDb>>().CreateDbContextAsync(TestContext.Current.CancellationToken);
        db.Add(new MigrationEvent
        {
            Id = number, MigrationId = migrationId, Type = MigrationEventType.VerdictChanged, At = TimeProvider.System.GetUtcNow(), Actor = Migration.Program,
        });
        await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        host.Get<LiveSnapshots>().Forget(migrationId);
        host.Get<MigrationFeed>().Signal(migrationId, decided: true);
    }
}

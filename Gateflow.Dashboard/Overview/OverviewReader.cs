using Gateflow.Core.Access;
using Gateflow.Core.ChangeManagement;
using Gateflow.Core.Migrations;
using Gateflow.Core.Routing;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Catalog;
using Gateflow.Dashboard.Migrations;

namespace Gateflow.Dashboard.Overview;

/// <summary>Reads the overview.</summary>
public sealed class OverviewReader(
    Deprecating deprecating, MigrationReader migrations, UsageQuery usage, ModelDirectory models, Routes routes, ChangePolicy policy, TimeProvider clock)
{
    /// <summary>Started and not finished.</summary>
    internal static readonly IReadOnlyList<MigrationStatus> Moving = [MigrationStatus.InProgress, MigrationStatus.Paused, MigrationStatus.Soaking];

    public async Task<OverviewView> ReadAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var hours = await usage.HoursAsync(now.AddDays(-30), now, cancellationToken);
        return new OverviewView
        {
            Deprecating = [.. (await deprecating.ListAsync(null, cancellationToken)).Where(e => e.Presses(policy.Current.DeprecationNoticeDays))],
            Running = await RunningAsync(cancellationToken),
            Rollbacks = (await migrations.RollbacksAsync(3, null, null, cancellationToken)).Data,
            Day = UsageFigures.Of(hours.Where(h => h.Hour > now.AddHours(-24))),
            Month = UsageFigures.Of(hours),
            RequestsByHour = OverviewView.Hourly(hours, now),
            FirstRun = new FirstRun(
                models.Providers.Count > 0,
                routes.Current.Keys.Values.Any(k => k.Role == Role.Application && KeyAuthentication.IsValid(k, now)),
                hours.Count > 0,
                models.Served.Count > 0 ? models.Served[0].Model : "gpt-4o"),
        };
    }

    public async Task<IReadOnlyList<MigrationView>> RunningAsync(CancellationToken cancellationToken) =>
        (await migrations.ListAsync(Moving, null, 20, null, cancellationToken)).Data;
}

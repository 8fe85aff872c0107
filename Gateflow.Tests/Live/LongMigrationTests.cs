using System.Diagnostics;
using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Live;
using Gateflow.Dashboard.Migrations;
using Gateflow.Tests.Management;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Tests.Live;

/// <summary>A migration of four weeks costs its watchers no more than one of an hour; only the first to come waits for its long chart.</summary>
public sealed class LongMigrationTests
{
    private const int Days = 28;
    private const int PerWindow = 3;
    private static readonly TimeSpan Budget = TimeSpan.FromMilliseconds(50);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Snapshot_OfFourWeeks_IsWholeAndReadIn50Milliseconds()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        var id = await gateflow.DraftAsync();
        await gateflow.MustAsync("POST", $"/migrations/{id}/execute");
        await gateflow.MustAsync("POST", $"/migrations/{id}/pause", """{"reason": "so that nothing moves"}""");
        await using var db = await gateflow.Host.Get<IDbContextFactory<GateflowDb>>().CreateDbContextAsync(Token);
        var now = new WindowKey(TimeProvider.System.GetUtcNow(), id, Arm.Source).Within(WindowKey.Hour).At;
        var start = now.AddDays(-Days);
        await db.Migrations.Where(m => m.Id == id)
            .ExecuteUpdateAsync(s => s.SetProperty(m => m.StartedAt, start).SetProperty(m => m.StepStartedAt, start.AddMinutes(7).AddSeconds(5)), Token);
        await StoreAsync(db, id, start);
        var reader = gateflow.Host.Get<MigrationReader>();

        List<double> cold = [], warm = [], list = [];
        LiveSnapshot? snapshot = null;
        for (var i = 0; i < 6 || (i < 50 && !IsInTime()); i++) // more often on a machine that is busy with something else
        {
            var snapshots = new LiveSnapshots(reader, TimeProvider.System);
            cold.Add(await TimeAsync(async () => snapshot = await snapshots.GetAsync(id)));
            snapshots.Forget(id);
            warm.Add(await TimeAsync(async () => snapshot = await snapshots.GetAsync(id)));
            list.Add(await TimeAsync(() => reader.ListAsync([], null, 50, null, Token)));
        }

        const long Each = (long)Days * 8640 * PerWindow;
        Assert.Equal((Each, Each), (snapshot!.Migration.Metrics.SourceRequests, snapshot.Migration.Metrics.TargetRequests));
        Assert.Equal(50, snapshot.Migration.Progress.ObservedOnTarget);
        Assert.Equal(TimeSpan.FromHours(2), snapshot.Every);
        Assert.Equal(Each, snapshot.Whole.Sum(p => p.SourceRequests));
        Assert.InRange(snapshot.Whole.Count + snapshot.Points.Count, Days * 12, 720);
        Assert.True(IsInTime(), $"snapshot: {Text(warm)}; first snapshot: {Text(cold)}; list: {Text(list)}");

        bool IsInTime() => warm.Min() <= Budget.TotalMilliseconds && cold.Min() <= 5 * Budget.TotalMilliseconds && list.Min() <= Budget.TotalMilliseconds;
    }

    /// <summary>Three requests an arm in each ten seconds, in windows of every length: the first day is made, the others are its copies.</summary>
    private static async Task StoreAsync(GateflowDb db, string migration, DateTimeOffset start)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(Token);
        List<ArmWindow> rows = [];
        foreach (var arm in new[] { Arm.Source, Arm.Target })
        {
            for (var at = start; at < start.AddDays(1); at += WindowKey.Length)
            {
                foreach (var seconds in WindowKey.Lengths.Where(s => s != WindowKey.Life && at.UtcTicks % TimeSpan.FromSeconds(s).Ticks == 0))
                {
                    rows.Add(Window(rows.Count + 1, at, migration, arm, seconds, PerWindow * seconds / WindowKey.Fine));
                }
            }

            rows.Add(Window(rows.Count + 1, DateTimeOffset.UnixEpoch, migration, arm, WindowKey.Life, Days * 8640 * PerWindow));
        }

        await RowInsert<ArmWindow>.RunAsync(db, rows, Token);
        var columns = db.Model.FindEntityType(typeof(ArmWindow))!.GetProperties().Select(p => p.Name).Where(n => n is not ("Id" or "At")).ToList();
        var names = string.Join(", ", columns.Select(c => $"\"{c}\""));
        for (var day = 1; day < Days; day++)
        {
            var copy =
                $"INSERT INTO \"ArmWindows\" (\"At\", {names}) SELECT \"At\" + {day * TimeSpan.TicksPerDay}, {names} FROM \"ArmWindows\" WHERE \"Seconds\" > 0 AND \"At\" < {start.AddDays(1).UtcTicks}";
            await db.Database.ExecuteSqlRawAsync(copy, Token);
        }

        await transaction.CommitAsync(Token);
    }

    private static ArmWindow Window(long id, DateTimeOffset at, string migration, Arm arm, int seconds, int requests)
    {
        var latencies = new LatencyHistogram();
        for (var i = 0; i < Math.Min(requests, 200); i++)
        {
            latencies.Add(300 + (i * 17 % 900), 1 + (requests / 200));
        }

        return new ArmWindow
        {
            Id = id, At = at, Node = "test", MigrationId = migration, Arm = arm, Seconds = seconds, Weight = 50,
            Requests = requests, Successes = requests, Cost = 0.01m * requests, QualitySum = 0.9 * requests, QualityCount = requests, LatencyHistogram = latencies.Pack(),
        };
    }

    private static async Task<double> TimeAsync(Func<Task> read)
    {
        var begun = Stopwatch.GetTimestamp();
        await read();
        return Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
    }

    private static string Text(List<double> times) => string.Join(", ", times.Select(t => $"{t:0.0} ms"));
}

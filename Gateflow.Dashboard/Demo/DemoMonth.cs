using System.Globalization;
using Gateflow.Core.Access;
using Gateflow.Core.Catalog;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Demo;

/// <summary>
/// Thirty days of made-up usage up to now, folded by the recorder's own code and labelled demo. Written a day at a time, each one transaction
/// that also notes how far it got, so that a killed start goes on where it stopped and a finished one does nothing.
/// </summary>
internal sealed class DemoMonth(IDbContextFactory<GateflowDb> databases, CatalogReader catalog, Routes routes, ISecretProtector protector, TimeProvider clock)
{
    /// <summary>Node under which the month's rows stand, so that no real node's are touched.</summary>
    public const string Node = "demo";

    private const string Seeded = "demo.seeded";
    private const string Seeding = "demo.seeding";
    private const string Cleared = "cleared";
    private const int Seed = 20261124;
    private const int Days = 30;
    private const int DeleteChunk = 1_000;

    /// <summary>Lets the recorder and the pages write in between.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>True once the demo's data was removed: it does not come back by itself.</summary>
    public async Task<bool> IsClearedAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Settings.AnyAsync(s => s.Name == Seeded && s.Value == Cleared, cancellationToken);
    }

    /// <summary>True while the database holds a month, or part of one, that was not removed.</summary>
    public async Task<bool> IsThereAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Settings.AnyAsync(s => (s.Name == Seeded && s.Value != Cleared) || s.Name == Seeding, cancellationToken);
    }

    /// <summary>Writes what of the month is not written yet. Run it in the background; it takes a second or two.</summary>
    public async Task SeedAsync(CancellationToken cancellationToken)
    {
        if (await BeginAsync(cancellationToken) is not var (start, done))
        {
            return;
        }

        for (var day = done; day <= Days; day++)
        {
            await WriteDayAsync(start, day, cancellationToken);
            await Task.Delay(Pause, cancellationToken);
        }

        await FinishAsync(cancellationToken);
    }

    /// <summary>Removes everything that is labelled demo, keys first, and keeps the month from being written again.</summary>
    public async Task ClearAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await db.Settings.Where(s => s.Name == Seeded || s.Name == Seeding).ExecuteDeleteAsync(cancellationToken);
        db.Settings.Add(new Setting { Name = Seeded, Value = Cleared });
        await db.SaveChangesAsync(cancellationToken);
        await db.ApiKeys.Where(k => k.Demo).ExecuteDeleteAsync(cancellationToken);
        await db.BumpRouteVersionAsync(cancellationToken);
        await routes.ReloadAsync(cancellationToken); // from here on the recorder drops what still comes of those keys
        await DeleteAsync(db.UsageRollups.Where(r => r.Demo).OrderBy(r => r.Id), cancellationToken);
        await DeleteAsync(db.UsageDays.Where(r => r.Demo).OrderBy(r => r.Id), cancellationToken);
        await DeleteAsync(db.Requests.Where(r => r.Demo).OrderBy(r => r.Id), cancellationToken);
        await DeleteAsync(db.Samples.Where(s => s.Demo).OrderBy(s => s.Id), cancellationToken);
    }

    /// <summary>Start of the month and days already written; null when nothing is left to do.</summary>
    private async Task<(DateTimeOffset Start, int Done)?> BeginAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await db.Settings.AnyAsync(s => s.Name == Seeded, cancellationToken))
        {
            return null;
        }

        if (await db.Settings.AsNoTracking().FirstOrDefaultAsync(s => s.Name == Seeding, cancellationToken) is { } begun)
        {
            var parts = begun.Value.Split('|');
            return (DateTimeOffset.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[1], CultureInfo.InvariantCulture));
        }

        var now = clock.GetUtcNow();
        var start = new DateTimeOffset(now.UtcTicks / TimeSpan.TicksPerHour * TimeSpan.TicksPerHour, TimeSpan.Zero).AddDays(-Days);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        db.Settings.Add(new Setting { Name = Seeding, Value = Progress(start, 0) });
        db.ApiKeys.AddRange(DemoSeries.Keys.Select(k => Key(k.Id, k.Name, start)));
        db.Samples.AddRange(DemoSamples.Create(protector, now));
        await db.SaveChangesAsync(cancellationToken);
        await db.BumpRouteVersionAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (start, 0);
    }

    private async Task WriteDayAsync(DateTimeOffset start, int day, CancellationToken cancellationToken)
    {
        var (folding, prices) = (new UsageFolding(), catalog());
        var random = new Random(Seed + day);
        var from = start.AddDays(day);
        for (var hour = from; hour < from.AddDays(1); hour = hour.AddHours(1))
        {
            var part = Math.Min(1, (clock.GetUtcNow() - hour).TotalHours);
            if (day == Days && (part <= 0 || hour > from))
            {
                break; // the last "day" is what has passed of the hour in which the month was begun
            }

            foreach (var record in DemoUsage.Hour(hour, part, random))
            {
                folding.Add(record.Priced(prices));
            }
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var rollups = new KeptRollups();
        foreach (var (key, tally) in folding.Rollups)
        {
            await rollups.AddAsync(db, Node, key, tally, demo: true, cancellationToken);
        }

        await db.SaveChangesAsync(cancellationToken);
        var noted = await db.Settings.Where(s => s.Name == Seeding)
            .ExecuteUpdateAsync(set => set.SetProperty(s => s.Value, Progress(start, day + 1)), cancellationToken);
        if (noted == 1)
        {
            await transaction.CommitAsync(cancellationToken);
            return;
        }

        throw new OperationCanceledException("The demo was cleared while its month was written.");
    }

    private async Task FinishAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await db.Settings.Where(s => s.Name == Seeding).ExecuteDeleteAsync(cancellationToken) == 1)
        {
            db.Settings.Add(new Setting { Name = Seeded, Value = clock.GetUtcNow().ToString("O", CultureInfo.InvariantCulture) });
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
    }

    private static async Task DeleteAsync<T>(IQueryable<T> rows, CancellationToken cancellationToken)
    {
        while (await rows.Take(DeleteChunk).ExecuteDeleteAsync(cancellationToken) == DeleteChunk)
        {
            await Task.Delay(Pause, cancellationToken);
        }
    }

    private static string Progress(DateTimeOffset start, int days) => string.Create(CultureInfo.InvariantCulture, $"{start:O}|{days}");

    /// <summary>A key that nobody has the secret of: it names who used what.</summary>
    private static ApiKey Key(string id, string name, DateTimeOffset at)
    {
        var secret = Ids.NewSecret("gw_dev_");
        return new ApiKey
        {
            Id = id, Name = name, Type = KeyType.Dev, Role = Role.Application, Hash = KeyHash.Of(secret).ToBytes(),
            Prefix = secret[..11], Last4 = secret[^4..], CreatedAt = at, CreatedBy = "demo", Demo = true,
        };
    }
}

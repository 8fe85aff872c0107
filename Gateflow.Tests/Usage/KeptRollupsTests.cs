using Gateflow.Core.Features;
using Gateflow.Core.Usage;

namespace Gateflow.Tests.Usage;

public sealed class KeptRollupsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Features_MoreThanADayNames_CountAsOthersUnlessRegistered()
    {
        using var database = await UsageDatabase.CreateAsync();
        await database.AddAsync(new Feature { Id = "feat_1", Name = "known", CreatedAt = Requests.Start, CreatedBy = "test" });
        var rollups = new KeptRollups();

        await StoreAsync(database, rollups, Enumerable.Range(0, UsageDay.MaxFeatures + 20).Select(i => $"trace {i}"));
        await StoreAsync(database, rollups, ["trace 0", "known", "new", null]);
        await StoreAsync(database, new KeptRollups(), ["trace 0", "known", "newer", null]); // after a restart

        var hours = (await database.ListAsync<UsageRollup>()).ToDictionary(r => r.Feature, r => r.Requests);
        var days = (await database.ListAsync<UsageDay>()).ToDictionary(r => r.Feature, r => r.Requests);
        Assert.Equal(UsageDay.MaxFeatures + 3, hours.Count);
        Assert.Equal(hours, days);
        Assert.Equal((22, 3, 2, 2), (hours[UsageDay.Others], hours["trace 0"], hours["known"], hours[""]));
    }

    private static async Task StoreAsync(UsageDatabase database, KeptRollups rollups, IEnumerable<string?> features)
    {
        var folding = new UsageFolding();
        foreach (var feature in features)
        {
            folding.Add(Requests.Create(feature: feature));
        }

        await using var db = database.CreateDbContext();
        foreach (var (key, tally) in folding.Rollups)
        {
            await rollups.AddAsync(db, "n", key, tally, demo: false, Token);
        }

        await db.SaveChangesAsync(Token);
    }
}

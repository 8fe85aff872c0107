using Gateflow.Core.Rollout;
using Gateflow.Core.Usage;

namespace Gateflow.Tests.Usage;

public sealed class CostQueryTests : IAsyncLifetime
{
    private static readonly DateTimeOffset To = Requests.Start;
    private static readonly UsageSlice Slice = new(To.AddDays(-30), To);

    private UsageDatabase _database = null!;
    private CostQuery _costs = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await UsageDatabase.CreateAsync();
        _costs = new CostQuery(_database);
    }

    public ValueTask DisposeAsync()
    {
        _database.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Shares_ByEachDimension_StandUnderWhoAnsweredAndAddUp()
    {
        await StoreAsync(
            Requests.Create(at: To.AddDays(-1), input: 1_000, output: 0, key: "key_a", feature: "chat"),
            Requests.Create(at: To.AddDays(-1), model: "gpt-4", served: "gpt-4o", input: 1_000, output: 0, key: "key_b", feature: null),
            Requests.Create(at: To.AddDays(-2), outcome: OutcomeKind.SourceFailure, served: null, input: 0, output: 0, key: "key_b", feature: "chat"),
            Requests.Create(at: To.AddDays(-2), outcome: OutcomeKind.Refused, served: null, input: 0, output: 0),
            Requests.Create(at: To.AddDays(-31)));

        var models = await _costs.SharesAsync(Slice, UsageDimension.Model, Token);
        var features = await _costs.SharesAsync(Slice, UsageDimension.Feature, Token);
        var keys = await _costs.SharesAsync(Slice, UsageDimension.Key, Token);

        Assert.Equal([("gpt-4", 2L, 1L, 0.03m), ("gpt-4o", 1L, 0L, 0.0025m)], models.Select(m => (m.Name, m.Requests, m.Errors, m.PricedCost)));
        Assert.Equal([("chat", 2L), ("", 1L)], features.Select(f => (f.Name, f.Requests)));
        Assert.Equal([("key_a", 1L), ("key_b", 2L)], keys.Select(k => (k.Name, k.Requests)));
        Assert.Equal((3L, 2_000L, 0.0325m), (UsageShare.Sum(models).Requests, UsageShare.Sum(features).InputTokens, UsageShare.Sum(keys).Cost));
        var narrow = await _costs.SharesAsync(Slice with { Model = "gpt-4", Feature = "chat", Key = "key_b" }, UsageDimension.Model, Token);
        Assert.Equal(("gpt-4", 1L, 0m), Assert.Single(narrow.Select(m => (m.Name, m.Requests, m.PricedCost))));
    }

    [Fact]
    public async Task Cost_NoPartOfItKnown_IsNullAndComesLast()
    {
        await StoreAsync(
            Requests.Create(at: To.AddHours(-3), model: "house", served: "house", feature: "a"),
            Requests.Create(at: To.AddHours(-3), model: "house", served: "house", feature: "b"),
            Requests.Create(at: To.AddHours(-30), input: 1_000, output: 0, feature: "b"));

        var models = await _costs.SharesAsync(Slice, UsageDimension.Model, Token);
        var days = await _costs.SeriesAsync(Slice, null, TimeSpan.FromDays(1), Token);

        Assert.Equal([("gpt-4", 0.03m, 0L), ("house", (decimal?)null, 2L)], models.Select(m => (m.Name, m.Cost, m.UnpricedRequests)));
        Assert.Equal((0.03m, 2L), (UsageShare.Sum(models).Cost, UsageShare.Sum(models).UnpricedRequests));
        Assert.Equal([(To.AddDays(-1).UtcDateTime.Date, 0.03m), (To.UtcDateTime.Date, (decimal?)null)], days.Select(d => (d.At.UtcDateTime, d.Cost)));
    }

    [Fact]
    public async Task Series_OfOneFeatureByTheHour_HoldsThoseAlone()
    {
        await StoreAsync(
            Requests.Create(at: To.AddHours(-3), feature: "a"),
            Requests.Create(at: To.AddHours(-3).AddMinutes(10), feature: "a"),
            Requests.Create(at: To.AddHours(-2), feature: "a"),
            Requests.Create(at: To.AddHours(-2), feature: "b"));

        var hours = await _costs.SeriesAsync(Slice with { Feature = "a" }, UsageDimension.Feature, TimeSpan.FromHours(1), Token);

        Assert.Equal([("a", 2L), ("a", 1L)], hours.Select(h => (h.Name, h.Requests)));
        Assert.Equal(TimeSpan.FromHours(1), hours[1].At - hours[0].At);
    }

    private async Task StoreAsync(params RequestRecord[] records)
    {
        var folding = new UsageFolding();
        foreach (var record in records)
        {
            folding.Add(record);
        }

        await _database.AddAsync([.. folding.Rollups.Select(r =>
        {
            var (key, tally) = r;
            var row = new UsageRollup { Hour = key.Hour, Node = "node-1", Model = key.Model, ServedModel = key.ServedModel, Feature = key.Feature, KeyId = key.KeyId };
            tally.AddTo(row);
            return (object)row;
        })]);
    }
}

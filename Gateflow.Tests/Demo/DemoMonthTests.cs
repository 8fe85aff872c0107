using System.Text.Json;
using Gateflow.Core.Access;
using Gateflow.Core.Catalog;
using Gateflow.Core.Providers;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Demo;
using Gateflow.Tests.Usage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Gateflow.Tests.Demo;

public sealed class DemoMonthTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = Requests.Start;

    private readonly FakeTimeProvider _clock = new(Now);
    private readonly List<Routes> _routes = [];
    private UsageDatabase _database = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await UsageDatabase.CreateAsync();

    public ValueTask DisposeAsync()
    {
        _routes.ForEach(r => r.Dispose());
        _database.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Seed_EmptyDatabase_WritesALabelledMonthUpToNow()
    {
        await CreateMonth(_database).SeedAsync(Token);

        var rows = await _database.ListAsync<UsageRollup>();
        Assert.All(rows, r => Assert.True(r is { Demo: true, Node: DemoMonth.Node, UnpricedRequests: 0 }));
        Assert.InRange(rows.Sum(r => r.Requests), 150_000, 200_000);
        Assert.Equal(Now.AddDays(-30).AddMinutes(-30), rows.Min(r => r.Hour));
        Assert.Equal(Now.AddMinutes(-30), rows.Max(r => r.Hour));
        Assert.InRange(rows.Sum(r => r.Errors) / (double)rows.Sum(r => r.Requests), 0.005, 0.007);
        Assert.Equal(4, (await _database.ListAsync<ApiKey>()).Count(k => k.Demo));
        Assert.Equal(60, (await _database.ListAsync<Sample>()).Count(s => s.Demo));
        var analysis = await new UsageQuery(_database, _clock).AnalyzeAsync("gpt-4", Now.AddDays(-30), Now, Token);
        Assert.True(analysis.Demo);
        Assert.InRange(analysis.TotalCost!.Value, 2_000, 8_000);
        Assert.Equal(["support-chat", "code-review", "summaries"], analysis.ByFeature.Select(f => f.Feature));
        Assert.Equal("Storefront", analysis.ByKey[0].Name);
        Assert.InRange(analysis.MaxContextUsed, 4_000, 8_192);
        Assert.True(analysis.HourOfWeek[10] > 1.5 * analysis.HourOfWeek[(6 * 24) + 10], "Sundays are quiet");
    }

    [Fact]
    public async Task Seed_Twice_ChangesNothing()
    {
        await CreateMonth(_database).SeedAsync(Token);
        var before = await FingerprintAsync(_database);

        _clock.Advance(TimeSpan.FromDays(3));
        await CreateMonth(_database).SeedAsync(Token);

        Assert.Equal(before, await FingerprintAsync(_database));
    }

    [Fact]
    public async Task Seed_KilledHalfWay_EndsAsAWholeOne()
    {
        using var whole = await UsageDatabase.CreateAsync();
        await CreateMonth(whole).SeedAsync(Token);
        using var kill = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => CreateMonth(_database, new KillingClock(kill, reads: 100)).SeedAsync(kill.Token));

        Assert.InRange((await _database.ListAsync<UsageRollup>()).Select(r => r.Hour.Date).Distinct().Count(), 3, 6);
        Assert.DoesNotContain(await _database.ListAsync<Setting>(), s => s.Name == "demo.seeded");
        await CreateMonth(_database).SeedAsync(Token);

        Assert.Equal(await FingerprintAsync(whole), await FingerprintAsync(_database));
    }

    [Fact]
    public void Samples_All_AreRequestsThatTheRetiringModelsCanReplay()
    {
        var samples = DemoSamples.Create(new FlippingProtector(), Now);

        Assert.Equal(60, samples.Count);
        Assert.Equal(["gpt-3.5-turbo", "gpt-4"], samples.Select(s => s.Model).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(60, samples.Select(s => Convert.ToHexString(s.QuestionHash)).Distinct().Count());
        Assert.Contains(samples, s => s.Capabilities.HasFlag(Capabilities.FunctionCalling));
        Assert.Contains(samples, s => s.Capabilities.HasFlag(Capabilities.JsonMode));
        Assert.All(samples, sample =>
        {
            using var body = JsonDocument.Parse(new FlippingProtector().Unprotect(sample.Request));
            Assert.Equal(sample.Model, body.RootElement.GetProperty("model").GetString());
            Assert.Equal("user", body.RootElement.GetProperty("messages")[1].GetProperty("role").GetString());
            Assert.Equal(sample.Capabilities.HasFlag(Capabilities.FunctionCalling), body.RootElement.TryGetProperty("tools", out _));
            Assert.True(sample.Demo);
        });
    }

    [Fact]
    public async Task Clear_SeededAndRealUsage_RemovesTheDemosAloneForGood()
    {
        var month = CreateMonth(_database);
        await month.SeedAsync(Token);
        await _database.AddAsync(new UsageRollup { Hour = Now, Node = "n", Model = "gpt-4", ServedModel = "gpt-4", Feature = "", KeyId = "key_a", Requests = 3 });
        await _database.AddAsync(RequestLog.Row(Requests.Create(), 1, demo: true), RequestLog.Row(Requests.Create(), 1, demo: false));
        Assert.False(await month.IsClearedAsync(Token));

        await month.ClearAsync(Token);
        await month.SeedAsync(Token);

        Assert.Equal(3, Assert.Single(await _database.ListAsync<UsageRollup>()).Requests);
        Assert.False(Assert.Single(await _database.ListAsync<RequestRow>()).Demo);
        Assert.Empty(await _database.ListAsync<Sample>());
        Assert.Empty(await _database.ListAsync<ApiKey>());
        Assert.True(await month.IsClearedAsync(Token));
    }

    [Fact]
    public async Task Leftovers_StartWithoutTheDemo_RemovesTheDemosAlone()
    {
        var month = CreateMonth(_database);
        await month.SeedAsync(Token);
        await _database.AddAsync(RequestLog.Row(Requests.Create(), 1, demo: false));

        await StartWithoutDemoAsync(month);

        Assert.Empty(await _database.ListAsync<UsageRollup>());
        Assert.Empty(await _database.ListAsync<ApiKey>());
        Assert.Single(await _database.ListAsync<RequestRow>());
        Assert.False(await month.IsThereAsync(Token));
    }

    [Fact]
    public async Task Leftovers_DemoThatWasKilledHalfWay_RemovesWhatItWrote()
    {
        using var kill = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => CreateMonth(_database, new KillingClock(kill, reads: 100)).SeedAsync(kill.Token));
        Assert.NotEmpty(await _database.ListAsync<UsageRollup>());

        await StartWithoutDemoAsync(CreateMonth(_database));

        Assert.Empty(await _database.ListAsync<UsageRollup>());
    }

    [Fact]
    public async Task Leftovers_DatabaseAway_StartGoesOnAndTheNextOneRemovesThem()
    {
        var month = CreateMonth(_database);
        await month.SeedAsync(Token);

        _database.IsAway = true;
        await StartWithoutDemoAsync(month);
        _database.IsAway = false;
        Assert.NotEmpty(await _database.ListAsync<UsageRollup>());
        await StartWithoutDemoAsync(month);

        Assert.Empty(await _database.ListAsync<UsageRollup>());
    }

    [Fact]
    public async Task Leftovers_NeverADemo_WritesNothing()
    {
        await StartWithoutDemoAsync(CreateMonth(_database));

        Assert.DoesNotContain(await _database.ListAsync<Setting>(), s => s.Name.StartsWith("demo.", StringComparison.Ordinal));
    }

    [Fact]
    public void Series_Shares_AddUpAndNameKnownModels()
    {
        Assert.Equal(100, DemoSeries.All.Sum(s => s.Share));
        Assert.All(DemoSeries.All, s => Assert.Contains(s.Model, DemoModels.Served));
        Assert.All(DemoSeries.All, s => Assert.Contains(s.Key, DemoSeries.Keys.Select(k => k.Id)));
        Assert.All(DemoModels.Retiring, r => Assert.Contains(r.Id, DemoSeries.All.Select(s => s.Model)));
    }

    [Fact]
    public void Tokens_Drawn_FollowTheTrace()
    {
        var random = new Random(3);
        var (inputs, outputs) = (Drawn(DemoTokens.Input), Drawn(DemoTokens.Output));

        Assert.InRange(inputs.Average(), 1_100, 1_210); // 1155 in the trace
        Assert.InRange(outputs.Average(), 200, 222); // 211 in the trace
        Assert.InRange(inputs[10_000], 990, 1_050); // 1020
        Assert.InRange(outputs[18_000], 415, 433); // 424

        int[] Drawn(Func<Random, int> draw)
        {
            var drawn = Enumerable.Range(0, 20_000).Select(_ => draw(random)).ToArray();
            Array.Sort(drawn);
            return drawn;
        }
    }

    private static async Task StartWithoutDemoAsync(DemoMonth month)
    {
        using var leftovers = new DemoLeftovers(month, NullLogger<DemoLeftovers>.Instance);
        await leftovers.StartAsync(Token);
        await leftovers.ExecuteTask!;
    }

    private DemoMonth CreateMonth(UsageDatabase database, TimeProvider? clock = null)
    {
        var routes = new Routes(new RouteTableLoader(database, new ModelDirectory(ModelCatalog.Embedded, []), new StoredProviders(new FlippingProtector()), new BootstrapKeys([])));
        _routes.Add(routes);
        return new DemoMonth(database, () => ModelCatalog.Embedded, routes, new FlippingProtector(), clock ?? _clock);
    }

    private static async Task<string> FingerprintAsync(UsageDatabase database) => string.Join('\n', (await database.ListAsync<UsageRollup>())
        .Select(r => $"{r.Hour:O} {r.Model} {r.ServedModel} {r.Feature} {r.KeyId} {r.Requests} {r.Errors} {r.InputTokens} {r.OutputTokens} {r.Cost} {Convert.ToBase64String(r.LatencyHistogram)}")
        .Order(StringComparer.Ordinal));

    /// <summary>The month reads the time once an hour that it makes: after so many the program is killed.</summary>
    private sealed class KillingClock(CancellationTokenSource kill, int reads) : TimeProvider
    {
        private int _reads;

        public override DateTimeOffset GetUtcNow()
        {
            if (++_reads == reads)
            {
                kill.Cancel();
            }

            return Now;
        }
    }
}

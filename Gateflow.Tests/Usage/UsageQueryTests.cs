using Gateflow.Core.Access;
using Gateflow.Core.Catalog;
using Gateflow.Core.Rollout;
using Gateflow.Core.Usage;
using Microsoft.Extensions.Time.Testing;

namespace Gateflow.Tests.Usage;

public sealed class UsageQueryTests : IAsyncLifetime
{
    private static readonly DateTimeOffset To = Requests.Start;
    private static readonly DateTimeOffset From = To.AddDays(-30);

    private UsageDatabase _database = null!;
    private UsageQuery _query = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await UsageDatabase.CreateAsync();
        _query = new UsageQuery(_database, new FakeTimeProvider(To));
    }

    public ValueTask DisposeAsync()
    {
        _database.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Analyze_RandomRequests_EqualsBruteForceOverTheRequests()
    {
        var records = RandomRecords(6_000);
        await StoreAsync(records, "node-1", records.Where((_, i) => i % 3 != 0));
        await StoreAsync(records, "node-2", records.Where((_, i) => i % 3 == 0));
        var mine = records.Where(r => r.Model == "gpt-4").ToList();
        var answered = mine.Where(r => r.InputTokens > 0).ToList();
        var contexts = answered.Select(r => (double)(r.InputTokens + r.OutputTokens)).Order().ToArray();
        var latencies = mine.Where(r => r.Outcome == OutcomeKind.Success).Select(r => r.DurationMs).Order().ToArray();

        var analysis = await _query.AnalyzeAsync("gpt-4", From, To, Token);

        Assert.Equal("last_30_days", analysis.UsagePeriod);
        Assert.Equal(mine.Count, analysis.TotalRequests);
        Assert.Equal(Cost(mine), analysis.TotalCost);
        Assert.Equal(mine.Sum(r => (long)r.InputTokens), analysis.InputTokens);
        Assert.Equal(mine.Sum(r => (long)r.OutputTokens), analysis.OutputTokens);
        Assert.Equal(mine.Sum(r => (long)r.CachedTokens), analysis.CachedInputTokens);
        Assert.Equal((long)Math.Round(answered.Average(r => r.InputTokens)), analysis.AvgInputTokens);
        Assert.Equal((long)Math.Round(answered.Average(r => r.OutputTokens)), analysis.AvgOutputTokens);
        Assert.Equal((long)contexts[^1], analysis.MaxContextUsed);
        Assert.Equal(answered.Max(r => r.OutputTokens), analysis.MaxOutputUsed);
        Assert.Equal(mine.Count(r => r.Outcome is OutcomeKind.SourceFailure), analysis.Errors);
        Assert.Equal(analysis.Errors / (double)mine.Count, analysis.ErrorRate, 12);
        Assert.Equal(contexts.Count(c => c > 8192) / (double)contexts.Length, analysis.Patterns.LongContext, 12);
        Assert.Equal(contexts.Count(c => c <= 1024) / (double)contexts.Length, analysis.Patterns.ShortQueries, 12);
        Close(latencies, analysis.LatencyMs!);
        Close(contexts, analysis.ContextTokens!);
        Assert.Equal(contexts.Length, analysis.ContextHistogram.Sum(b => b.Requests));
        Assert.All(analysis.ContextHistogram.Skip(1), bin =>
            Assert.Equal(contexts.Count(c => c > bin.UpTo / 2 && c <= bin.UpTo), bin.Requests));
        Assert.Equal(
            CapabilityNames.All.Select(c => (CapabilityNames.Wire(c), mine.LongCount(r => r.Capabilities.HasFlag(c)))).Where(c => c.Item2 > 0),
            analysis.Capabilities.Select(c => (c.Capability, c.Requests)));
        Assert.Equal(["chat", "streaming", "json_mode"], analysis.FeaturesUsed);
        Assert.Equal(HourOfWeek(mine), analysis.HourOfWeek);
        Assert.Equal(mine.Count / 720.0, analysis.RequestsPerHour, 9);
        Assert.False(analysis.Demo);
    }

    [Fact]
    public async Task Analyze_FeaturesAndKeys_AreSumsOfTheirRequestsWithNames()
    {
        var records = RandomRecords(2_000);
        await StoreAsync(records, "node-1", records);
        await _database.AddAsync(Key("key_a", "Storefront"));
        var mine = records.Where(r => r.Model == "gpt-4").ToList();

        var analysis = await _query.AnalyzeAsync("gpt-4", From, To, Token);

        Assert.Equal(
            mine.GroupBy(r => r.Feature ?? "").OrderByDescending(g => g.Count()).Select(g => (g.Key, g.LongCount(), (decimal?)Cost(g))),
            analysis.ByFeature.Select(f => (f.Feature, f.Requests, f.Cost)));
        Assert.Equal(
            mine.GroupBy(r => r.KeyId).OrderByDescending(g => g.Count()).Select(g => (g.Key, g.LongCount(), g.LongCount(r => r.Outcome == OutcomeKind.SourceFailure))),
            analysis.ByKey.Select(k => (k.Key, k.Requests, k.Errors)));
        Assert.Equal("Storefront", analysis.ByKey.Single(k => k.Key == "key_a").Name);
        Assert.Null(analysis.ByKey.Single(k => k.Key == "key_b").Name);
    }

    [Fact]
    public async Task Analyze_OneFeature_IsWhatItsRequestsAre()
    {
        var records = RandomRecords(4_000);
        await StoreAsync(records, "node-1", records);
        var mine = records.Where(r => r is { Model: "gpt-4", Feature: "chat" }).ToList();
        var answered = mine.Where(r => r.InputTokens > 0).ToList();
        var contexts = answered.Select(r => (double)(r.InputTokens + r.OutputTokens)).Order().ToArray();

        var chat = (await _query.AnalyzeAsync("gpt-4", From, To, Token, new UsageLimits { LongContextTokens = 4096, ShortQueryTokens = 512 })).ByFeature.Single(f => f.Feature == "chat");

        Close([.. answered.Select(r => (double)r.InputTokens).Order()], chat.InputPerRequest!);
        Close([.. answered.Select(r => (double)r.OutputTokens).Order()], chat.OutputPerRequest!);
        Close(contexts, chat.ContextTokens!);
        Assert.Equal((contexts[^1], answered.Max(r => (double)r.OutputTokens)), (chat.ContextTokens!.Max, chat.OutputPerRequest!.Max));
        Assert.Equal(contexts.Count(c => c > 4096) / (double)contexts.Length, chat.Patterns.LongContext, 12);
        Assert.Equal(contexts.Count(c => c <= 512) / (double)contexts.Length, chat.Patterns.ShortQueries, 12);
        Assert.Equal(new ErrorKinds { Model = mine.Count(r => r.Outcome == OutcomeKind.SourceFailure) }, chat.ErrorsByKind);
        Assert.Equal(HourOfWeek(mine), chat.HourOfWeek);
        Assert.Equal(mine.Count(r => r.Capabilities.HasFlag(Capabilities.JsonMode)), chat.Capabilities.Single(c => c.Capability == "json_mode").Requests);
        Assert.Equal(
            mine.GroupBy(r => DateOnly.FromDateTime(r.At.UtcDateTime)).OrderBy(g => g.Key).Select(g => (g.Key, g.LongCount(), (decimal?)Cost(g))),
            chat.Trend.Select(d => (d.Date, d.Requests, d.Cost)));
    }

    [Fact]
    public async Task Analyze_Users_AreNamedUpToTheLimitAndHashedWhereTheyAreAddresses()
    {
        RequestRecord[] records =
        [
            .. Enumerable.Range(0, UsageDay.MaxUsers + 30).Select(i => Requests.Create(at: To.AddHours(-2), user: $"user-{i}")),
            .. Enumerable.Range(0, 5).Select(_ => Requests.Create(at: To.AddHours(-2), user: "ann@example.com")),
            Requests.Create(at: To.AddHours(-2)),
        ];
        await StoreAsync(records, "node-1", [.. records[^6..], .. records[..^6]]);

        var analysis = await _query.AnalyzeAsync("gpt-4", From, To, Token);

        Assert.Equal(records.Length, analysis.TotalRequests);
        Assert.Equal((UsageDay.Others, 31), (analysis.ByUser[0].User, analysis.ByUser[0].Requests));
        Assert.Equal((5, 120d), (analysis.ByUser[1].Requests, analysis.ByUser[1].ContextTokens!.Max));
        Assert.StartsWith("user_", analysis.ByUser[1].User, StringComparison.Ordinal);
        Assert.DoesNotContain("@", System.Text.Json.JsonSerializer.Serialize(await _database.ListAsync<UsageDay>()), StringComparison.Ordinal);
        Assert.Equal(UsageDay.MaxUsers, analysis.Users);
    }

    [Fact]
    public async Task Analyze_Temperatures_AreTheRangeOfThoseNamed()
    {
        RequestRecord[] records = [Requests.Create(at: To.AddDays(-3), temperature: 0.2f), Requests.Create(at: To.AddHours(-2), temperature: 1.3f), Requests.Create(at: To.AddHours(-2))];
        await StoreAsync(records, "node-1", records);

        Assert.Equal(new ValueRange(0.2, 1.3), (await _query.AnalyzeAsync("gpt-4", From, To, Token)).Temperature);
    }

    [Fact]
    public async Task Analyze_NoUsage_IsEmptyNotWrong()
    {
        var analysis = await _query.AnalyzeAsync("gpt-4", To.AddHours(-1), To, Token);

        Assert.Equal("2026-11-02T08:30:00Z..2026-11-02T09:30:00Z", analysis.UsagePeriod);
        Assert.Equal((0, 0m, null, null, null), (analysis.TotalRequests, analysis.TotalCost, analysis.LatencyMs, analysis.ContextTokens, analysis.MaxOutputUsed));
        Assert.Empty(analysis.ContextHistogram);
    }

    [Fact]
    public async Task Analyze_OutsideThePeriod_IsLeftOut()
    {
        RequestRecord[] records = [Requests.Create(at: From.AddHours(-1)), Requests.Create(at: From), Requests.Create(at: To.AddMinutes(-31)), Requests.Create(at: To.AddHours(1))];
        await StoreAsync(records, "node-1", records);

        Assert.Equal(2, (await _query.AnalyzeAsync("gpt-4", From, To, Token)).TotalRequests);
    }

    [Fact]
    public async Task Cost_UnknownPrices_AreNullOrNoted()
    {
        RequestRecord[] records =
        [
            Requests.Create(at: To.AddDays(-1), model: "house", served: "house"),
            Requests.Create(at: To.AddDays(-1), model: "mixed", served: "house"),
            Requests.Create(at: To.AddDays(-1), model: "mixed", served: "gpt-4", input: 1_000, output: 0),
        ];
        await StoreAsync(records, "node-1", records);

        var house = await _query.AnalyzeAsync("house", From, To, Token);
        var mixed = await _query.AnalyzeAsync("mixed", From, To, Token);
        var used = await _query.UsedModelsAsync(From, To, Token);

        Assert.Equal((null, 1), (house.TotalCost, house.UnpricedRequests));
        Assert.Equal((0.03m, 1), (mixed.TotalCost, mixed.UnpricedRequests));
        Assert.Equal([("mixed", 2, 0.03m), ("house", 1, (decimal?)null)], used.Select(u => (u.Model, u.Requests, u.Cost)));
    }

    [Fact]
    public async Task Hours_FeaturesAndKeys_AddUpToTheRequests()
    {
        RequestRecord[] records =
        [
            Requests.Create(at: To.AddHours(-2), model: "gpt-4", served: "gpt-4", input: 1_000, output: 0),
            Requests.Create(at: To.AddHours(-2).AddMinutes(3), model: "house", served: "house"),
            Requests.Create(at: To.AddMinutes(-30), outcome: OutcomeKind.SourceFailure),
            Requests.Create(at: From.AddHours(-2)),
        ];
        await StoreAsync(records, "node-1", records);

        var hours = await _query.HoursAsync(From, To, Token);
        var uses = await _query.UsesAsync(From, To, Token);
        var key = Assert.Single(await _query.KeysAsync(From, To, Token));

        Assert.Equal(3, hours.Sum(h => h.Requests));
        Assert.Equal(1, hours.Sum(h => h.Errors));
        Assert.Equal((0.03m, 1L), (hours[0].Cost, hours[0].UnpricedRequests));
        Assert.True(hours.Zip(hours.Skip(1)).All(p => p.First.Hour < p.Second.Hour));
        Assert.Equal([("gpt-4", 2L, 0.0342m, 0L), ("house", 1L, 0m, 1L)], uses.Select(u => (u.Model, u.Requests, u.Cost, u.Unpriced)));
        Assert.Equal((3, hours[^1].Hour), (key.Requests, key.LastHour));
    }

    [Fact]
    public async Task RequestsPerHour_UsedSinceTwoHours_CountsFromTheFirst()
    {
        RequestRecord[] records = [.. Enumerable.Range(0, 50).Select(i => Requests.Create(at: To.AddMinutes(-90)))];
        await StoreAsync(records, "node-1", records);

        Assert.Equal(50 / 1.5, (await _query.AnalyzeAsync("gpt-4", From, To, Token)).RequestsPerHour, 6);
        Assert.Equal(0, (await _query.AnalyzeAsync("gpt-4o", From, To, Token)).RequestsPerHour);
    }

    private static RequestRecord[] RandomRecords(int count)
    {
        var random = new Random(5);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            var failed = random.NextDouble() < 0.05;
            return Requests.Create(
                at: From.AddSeconds((long)(random.NextDouble() * 30 * 86_400)),
                outcome: failed ? OutcomeKind.SourceFailure : OutcomeKind.Success,
                model: random.Next(3) == 0 ? "gpt-4o" : "gpt-4",
                served: failed ? null : random.Next(20) == 0 ? "gpt-4o-mini" : "gpt-4",
                feature: random.Next(6) switch { 0 => "search", <= 2 => null, _ => "chat" },
                key: random.Next(3) == 0 ? "key_a" : "key_b",
                input: failed ? 0 : 1 + (int)(12_000 * Math.Pow(random.NextDouble(), 3)),
                output: failed ? 0 : 1 + random.Next(900),
                cached: failed ? 0 : random.Next(2),
                duration: 100 + (8_000 * Math.Pow(random.NextDouble(), 4)),
                capabilities: Capabilities.Chat | (random.Next(2) == 0 ? Capabilities.Streaming : 0) | (random.Next(9) == 0 ? Capabilities.JsonMode : 0));
        })];
    }

    [Fact]
    public async Task Refused_ByALimitOfTheKey_IsNoUseOfTheModelButOfTheKey()
    {
        RequestRecord[] records =
        [
            Requests.Create(at: From.AddHours(2)),
            Requests.Create(at: From.AddHours(2), outcome: OutcomeKind.Refused, served: null, input: 0, output: 0),
            Requests.Create(at: From.AddHours(3), outcome: OutcomeKind.Refused, served: null, input: 0, output: 0, key: "key_b", model: "gpt-4o"),
        ];
        await StoreAsync(records, "node-1", records);

        var analysis = await _query.AnalyzeAsync("gpt-4", From, To, Token);

        Assert.Equal((1, 0), (analysis.TotalRequests, analysis.Errors));
        Assert.Equal(["gpt-4"], (await _query.UsedModelsAsync(From, To, Token)).Select(m => m.Model));
        Assert.Equal([1L], (await _query.HoursAsync(From, To, Token)).Select(h => h.Requests));
        Assert.Equal([("key_a", 1L, 1L), ("key_b", 0L, 1L)], (await _query.KeysAsync(From, To, Token)).OrderBy(k => k.KeyId).Select(k => (k.KeyId, k.Requests, k.Refused)));
    }

    private async Task StoreAsync(RequestRecord[] all, string node, IEnumerable<RequestRecord> records)
    {
        Assert.NotEmpty(all);
        var folding = new UsageFolding();
        foreach (var record in records)
        {
            folding.Add(record);
        }

        await using var db = _database.CreateDbContext();
        var rollups = new KeptRollups();
        foreach (var (key, tally) in folding.Rollups)
        {
            await rollups.AddAsync(db, node, key, tally, demo: false, Token);
        }

        foreach (var (key, tally) in folding.Users)
        {
            await rollups.AddUserAsync(db, node, key, tally, demo: false, Token);
        }

        await db.SaveChangesAsync(Token);
    }

    private static decimal Cost(IEnumerable<RequestRecord> records) => records.Sum(r => r.Cost ?? 0);

    private static long[] HourOfWeek(List<RequestRecord> records)
    {
        var hours = new long[168];
        foreach (var record in records)
        {
            hours[((record.At.DayOfWeek == DayOfWeek.Sunday ? 6 : (int)record.At.DayOfWeek - 1) * 24) + record.At.Hour]++;
        }

        return hours;
    }

    private static void Close(double[] sorted, Percentiles percentiles)
    {
        foreach (var (q, value) in new[] { (0.5, percentiles.P50), (0.95, percentiles.P95), (0.99, percentiles.P99) })
        {
            Assert.InRange(value / sorted[(int)Math.Ceiling(q * sorted.Length) - 1], 0.99, 1.01);
        }
    }

    private static ApiKey Key(string id, string name) => new()
    {
        Id = id, Name = name, Type = KeyType.Dev, Role = Role.Application, Hash = new byte[32], Prefix = "gw_dev_x", Last4 = "abcd", CreatedAt = From, CreatedBy = "test",
    };
}

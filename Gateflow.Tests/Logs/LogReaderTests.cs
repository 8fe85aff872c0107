using System.Diagnostics;
using Gateflow.Core.Catalog;
using Gateflow.Core.Rollout;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Logs;
using Gateflow.Dashboard.Management;
using Gateflow.Tests.Usage;

namespace Gateflow.Tests.Logs;

/// <summary>Pages are quick wherever they are and whatever is looked for.</summary>
public sealed class LogReaderTests(BigLog log) : IClassFixture<BigLog>
{
    private readonly LogReader _logs = new(log.Database);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task List_HundredThousandRequests_AnswersIn150MillisecondsWhateverIsAsked()
    {
        var middle = (await PageAsync(new LogQuery(), $"{BigLog.Start.AddSeconds(BigLog.Count / 8).UtcTicks}.req_")).NextCursor;
        foreach (var (query, cursor) in new[]
        {
            (new LogQuery(), null), (new LogQuery(), middle), (new LogQuery { Status = "failed" }, null), (new LogQuery { EventType = "fallback_activated" }, null),
            (new LogQuery { Feature = "rare" }, null), (new LogQuery { Model = "nobody-uses-it" }, null), (new LogQuery { Status = "5xx,429", Key = "key_a" }, null),
            (new LogQuery { Migration = "mig_1", Arm = "target" }, null),
        })
        {
            await PageAsync(query, cursor); // the query is compiled once
            log.Commands.Take();

            var times = new List<double>();
            while (times.Count < 50 && times.TrueForAll(time => time > 150)) // one page in time is enough: others may have had to wait for a processor
            {
                var begun = Stopwatch.GetTimestamp();
                await PageAsync(query, cursor, LogReader.Most);
                times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            }

            Assert.True(times.Min() <= 150, $"{query}: {string.Join(", ", times.Select(t => $"{t:0} ms"))}");
            Assert.InRange(log.Commands.Take(), times.Count, 2 * times.Count); // two a page at most
        }
    }

    [Fact]
    public async Task List_ByCapabilityAndContext_ShowsThoseAlone()
    {
        using var database = await UsageDatabase.CreateAsync();
        await database.AddAsync(
            RequestLog.Row(Requests.Create(input: 900, output: 100, capabilities: Capabilities.Chat | Capabilities.JsonMode), 1, demo: false),
            RequestLog.Row(Requests.Create(input: 900, output: 101), 1, demo: false));
        var logs = new LogReader(database);

        Assert.Equal([1000], (await ReadAsync(new LogQuery { Capability = "json_mode" })).Select(Size));
        Assert.Equal([1001], (await ReadAsync(new LogQuery { MinContext = "1001" })).Select(Size));
        Assert.Equal(["capability", "min_context"], LogFilter.Parse(new LogQuery { Capability = "magic", MinContext = "-1" }, BigLog.Start).Refusal!.Faults.Select(f => f.Param));

        async Task<IReadOnlyList<LogEntry>> ReadAsync(LogQuery query) => (await logs.ListAsync(LogFilter.Parse(query, BigLog.Start).Value!, 10, null, Token)).Value!.Data;
        static int Size(LogEntry entry) => entry.InputTokens + entry.OutputTokens;
    }

    [Fact]
    public async Task List_Errors_AreThoseThatUsageCounts()
    {
        using var database = await UsageDatabase.CreateAsync();
        var kinds = Enum.GetValues<OutcomeKind>();
        await database.AddAsync([.. kinds.Select(kind => RequestLog.Row(Requests.Create(outcome: kind), 1, demo: false))]);
        var logs = new LogReader(database);

        var shown = (await logs.ListAsync(LogFilter.Parse(new LogQuery { Status = "error" }, BigLog.Start).Value!, 50, null, Token)).Value!.Data;

        Assert.Equal([OutcomeKind.SourceFailure, OutcomeKind.OutageBoth, OutcomeKind.BrokenStream], shown.Select(e => e.Outcome).Order());
        Assert.All(kinds, kind => Assert.Equal(shown.Any(e => e.Outcome == kind), kind.IsModelError()));
        var withLimits = (await logs.ListAsync(LogFilter.Parse(new LogQuery { Status = "error,rate_limited" }, BigLog.Start).Value!, 50, null, Token)).Value!.Data;
        Assert.All(kinds, kind => Assert.Equal(withLimits.Any(e => e.Outcome == kind), kind.IsError())); // what the live traffic counts
    }

    [Fact]
    public async Task List_PageAfterPage_ShowsEachOnceNewestFirst()
    {
        List<LogEntry> seen = [];
        string? cursor = null;
        do
        {
            var page = await PageAsync(new LogQuery { Status = "failed" }, cursor, 150);
            seen.AddRange(page.Data);
            cursor = page.NextCursor;
        }
        while (cursor is not null);

        Assert.Equal(BigLog.Count / 100, seen.Count);
        Assert.Equal(seen.Count, seen.Select(e => e.RequestId).Distinct().Count());
        Assert.Equal(seen.OrderByDescending(e => e.At).ThenByDescending(e => e.RequestId, StringComparer.Ordinal).Select(e => e.RequestId), seen.Select(e => e.RequestId));
        Assert.All(seen, e => Assert.Equal(RequestEvent.RequestFailed, e.EventType));
    }

    [Theory]
    [InlineData("status", "429", 0)]
    [InlineData("status", "5xx", BigLog.Count / 100)]
    [InlineData("status", "success", BigLog.Count * 99 / 100)]
    [InlineData("event_type", "fallback_activated", BigLog.Count / 1000)]
    [InlineData("feature", "rare", 1)]
    [InlineData("arm", "target", BigLog.Count / 50)]
    [InlineData("model", "gpt-4o", BigLog.Count / 50)]
    [InlineData("from", "2026-11-02T09:30:10Z", BigLog.Count - 40)]
    [InlineData("to", "2026-11-02T09:30:10Z", 40)]
    public async Task List_Filtered_HoldsThoseAlone(string name, string value, int expected)
    {
        var query = LogQuery.Of(new Uri($"http://x/requests?{name}={Uri.EscapeDataString(value)}"));
        await using var db = log.Database.CreateDbContext();

        Assert.Equal(expected, LogFilter.Parse(query, BigLog.Start).Value!.Apply(db.Requests).Count());
    }

    [Theory]
    [InlineData("cursor")]
    [InlineData("12")]
    [InlineData("-1.req_1")]
    [InlineData("99999999999999999999.req_1")]
    public async Task List_StrangeCursor_IsRefused(string cursor) =>
        Assert.Equal("cursor", (await _logs.ListAsync(LogFilter.Parse(new LogQuery(), BigLog.Start).Value!, 10, cursor, Token)).Refusal?.Param);

    private async Task<ListPage<LogEntry>> PageAsync(LogQuery query, string? cursor, int limit = 50) =>
        (await _logs.ListAsync(LogFilter.Parse(query, BigLog.Start.AddDays(1)).Value!, limit, cursor, Token)).Value!;
}

/// <summary>A log of 100,000 requests in a file of its own, made once for all tests.</summary>
public sealed class BigLog : IAsyncLifetime
{
    public const int Count = 100_000;

    public static readonly DateTimeOffset Start = Usage.Requests.Start;

    internal CommandCount Commands { get; } = new();

    internal UsageDatabase Database { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var token = TestContext.Current.CancellationToken;
        Database = await UsageDatabase.CreateAsync(Commands);
        await using var db = Database.CreateDbContext();
        await using var transaction = await db.Database.BeginTransactionAsync(token);
        await RowInsert<RequestRow>.RunAsync(db, [.. Enumerable.Range(0, Count).Select(Row)], token);
        await transaction.CommitAsync(token);
    }

    public ValueTask DisposeAsync()
    {
        Database.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Four a second, so that several share a moment. Every 100th failed, every 1000th fell back, every 50th was a target's.</summary>
    private static RequestRow Row(int i) => new()
    {
        Id = $"req_{i:D8}",
        At = Start.AddSeconds(i / 4),
        KeyId = i % 3 == 0 ? "key_a" : "key_b",
        Feature = i == 77 ? "rare" : "chat",
        RequestedModel = "gpt-4",
        Model = "gpt-4",
        ServedModel = i % 100 == 0 ? null : i % 50 == 1 ? "gpt-4o" : "gpt-4",
        Provider = "openai",
        MigrationId = i % 50 == 1 ? "mig_1" : null,
        Arm = i % 50 == 1 ? Arm.Target : Arm.None,
        Outcome = i % 100 == 0 ? OutcomeKind.SourceFailure : OutcomeKind.Success,
        Status = i % 100 == 0 ? 502 : 200,
        FallbackReason = i % 1000 == 7 ? "rate_limit" : null,
        Attempts = 1,
        DurationMs = 800,
    };
}

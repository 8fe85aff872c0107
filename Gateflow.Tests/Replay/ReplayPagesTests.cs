using System.Text;
using System.Text.Json;
using Bunit;
using Gateflow.Core.Access;
using Gateflow.Core.Replay;
using Gateflow.Core.Shadow;
using Gateflow.Core.Storage;
using Gateflow.Core.Storage.Sqlite;
using Gateflow.Dashboard.Datasets;
using Gateflow.Dashboard.Replay;
using Gateflow.Tests.Composition;
using Gateflow.Tests.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Gateflow.Tests.Replay;

/// <summary>The list of replays and the page of one, with its pairs.</summary>
public sealed class ReplayPagesTests
{
    [Fact]
    public async Task List_FilteredByVerdictAndModel_KeepsItInTheAddress()
    {
        await using var host = await GateflowHost.StartAsync();
        await using var context = new PageTestContext(host, Role.Viewer);
        await context.AddAsync(
            Test(context, "test_1", "gpt-4o", ReplayRecommendation.Proceed), Test(context, "test_2", "gpt-4o", ReplayRecommendation.DoNotProceed),
            Test(context, "test_3", "claude-3-5-sonnet", ReplayRecommendation.Review));
        var navigation = context.Services.GetRequiredService<NavigationManager>();

        var page = context.Render<ReplaysPage>();
        Assert.Equal(["test_3", "test_2", "test_1"], Ids(page));
        navigation.NavigateTo(page.FindAll("nav.pills a").Single(a => a.TextContent == "Do not proceed").GetAttribute("href")!);

        page.WaitForAssertion(() => Assert.Equal(["test_2"], Ids(page)));
        await context.ChangeAsync(page.Find("select"), "claude-3-5-sonnet");
        Assert.EndsWith("/replays?model=claude-3-5-sonnet&verdict=do_not_proceed", navigation.Uri, StringComparison.Ordinal);
        page.WaitForAssertion(() => Assert.Contains("No replay fits", page.Markup, StringComparison.Ordinal));
        navigation.NavigateTo("/replays?verdict=good");
        page.WaitForAssertion(() => Assert.Contains("verdict must be one of", page.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Page_Viewer_SeesTheFiguresAndNoText()
    {
        await using var host = await GateflowHost.StartAsync();
        await using var context = new PageTestContext(host, Role.Viewer);
        await context.AddAsync(Test(context, "test_1", "gpt-4o", ReplayRecommendation.Review), Pair(context, 1, "The old answer", "The new answer", 0.4));

        var page = Open(context, "test_1");

        page.WaitForAssertion(() => Assert.Contains("Similarity 0.4 is not surely above", page.Find("[data-testid=test-results]").TextContent, StringComparison.Ordinal));
        Assert.Contains("shown to operators and admins", page.Find("[data-testid=pairs]").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("old", page.Find("[data-testid=pairs]").TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("article"));
    }

    [Fact]
    public async Task Pairs_MostDifferentFirst_AreMarkedFilteredAndPaged()
    {
        await using var host = await GateflowHost.StartAsync();
        await using var context = new PageTestContext(host, Role.Operator);
        await context.AddAsync([
            Test(context, "test_1", "gpt-4o", ReplayRecommendation.Review),
            .. Enumerable.Range(1, 6).Select(i => (object)Pair(context, i, $"The old answer {i}", $"The new answer {i}", i / 10.0, format: i == 2 ? false : true)),
            Pair(context, 7, "The old answer 7", null, null)]);

        var page = Open(context, "test_1");

        page.WaitForAssertion(() => Assert.Equal(5, page.FindAll("article").Count));
        var first = page.Find("article");
        Assert.Equal(("old", "new"), (first.QuerySelector("del")!.TextContent, first.QuerySelector("ins")!.TextContent));
        Assert.Contains("similarity 0.1", first.TextContent, StringComparison.Ordinal);
        Assert.Equal(["All 7", "Target failed 1", "Other form 1", "Not rated 6"], page.FindAll("nav[aria-label='Which pairs'] a").Select(a => a.TextContent));
        Go(context, page.Find("a[rel=next]").GetAttribute("href")!);
        page.WaitForAssertion(() => Assert.Equal(["Pair 6", "Pair 7"], page.FindAll("article").Select(a => a.GetAttribute("aria-label"))));
        Assert.Contains("HTTP 500", page.FindAll("article")[1].TextContent, StringComparison.Ordinal);
        Go(context, page.FindAll("nav[aria-label='Which pairs'] a")[2].GetAttribute("href")!);
        page.WaitForAssertion(() => Assert.Contains("old answer 2", Assert.Single(page.FindAll("article")).TextContent, StringComparison.Ordinal));
        Assert.EndsWith("?pairs=format_lost", context.Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal);
        await context.ChangeAsync(page.Find(".filters input[type=checkbox]"), false);
        page.WaitForAssertion(() => Assert.Empty(page.FindAll("del")));
    }

    [Fact]
    public async Task Pairs_RatedByKeyAndButton_MoveTheVerdictAtOnce()
    {
        await using var host = await GateflowHost.StartAsync();
        await using var context = new PageTestContext(host, Role.Operator);
        await context.AddAsync([
            Test(context, "test_1", "gpt-4o", ReplayRecommendation.Proceed),
            .. Enumerable.Range(1, 5).Select(i => (object)Pair(context, i, $"The old answer {i}", $"The new answer {i}", i / 10.0))]);
        var page = Open(context, "test_1");
        page.WaitForAssertion(() => Assert.Equal(5, page.FindAll("article").Count));
        Assert.Contains("Nobody has rated", page.Find("[data-testid=weight]").TextContent, StringComparison.Ordinal);

        for (var i = 0; i < 4; i++)
        {
            await KeyAsync(context, page.FindAll("article")[i], "3");
        }

        await context.ClickAsync(page.FindAll("article")[4].QuerySelectorAll("button").Single(b => b.TextContent.StartsWith("Worse", StringComparison.Ordinal)));

        page.WaitForAssertion(() => Assert.Contains("0 better, 0 the same, 5 worse", page.Find("[data-testid=weight]").TextContent, StringComparison.Ordinal));
        page.WaitForAssertion(() => Assert.Contains("Do not proceed", page.Find("[data-testid=test-results]").TextContent, StringComparison.Ordinal));
        Assert.Equal(5, page.FindAll("button[aria-pressed=true]").Count);
        await KeyAsync(context, page.FindAll("article")[0], "0");
        page.WaitForAssertion(() => Assert.Contains("4 worse", page.Find("[data-testid=ratings]").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Pairs_AnotherPageIsOpenedWhileARatingIsStored_LeaveItsPairsAlone()
    {
        await using var host = await GateflowHost.StartAsync();
        await using var context = new PageTestContext(host, Role.Operator);
        await context.AddAsync([
            Test(context, "test_1", "gpt-4o", ReplayRecommendation.Review),
            .. Enumerable.Range(1, 7).Select(i => (object)Pair(context, i, $"The old answer {i}", $"The new answer {i}", i / 10.0))]);
        var database = new Held(host.Get<IDbContextFactory<GateflowDb>>());
        context.Services.AddSingleton(new PairReader(database, host.Get<ISecretProtector>()));
        var page = Open(context, "test_1");
        page.WaitForAssertion(() => Assert.Equal(5, page.FindAll("article").Count));

        var go = database.HoldNext();
        var rated = KeyAsync(context, page.FindAll("article")[0], "3");
        Go(context, page.Find("a[rel=next]").GetAttribute("href")!);
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll("article").Count));
        go.SetResult();
        await rated;

        page.WaitForAssertion(() => Assert.Contains("1 worse", page.Find("[data-testid=weight]").TextContent, StringComparison.Ordinal));
        Assert.Equal(["Pair 6", "Pair 7"], page.FindAll("article").Select(a => a.GetAttribute("aria-label")));
        Assert.Contains("old answer 6", page.FindAll("article")[0].TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("button[aria-pressed=true]"));
    }

    [Fact]
    public async Task Pairs_WithTools_SetTheirArgumentsSideBySide()
    {
        await using var host = await GateflowHost.StartAsync();
        await using var context = new PageTestContext(host, Role.Operator);
        await context.AddAsync(
            Test(context, "test_1", "gpt-4o", ReplayRecommendation.Review),
            Pair(context, 1, "order {}", "order {}", 0.5, sourceCalls: [new("order", """{"sku":"a","n":1}""")], targetCalls: [new("order", """{"sku":"b","n":1}""")]));

        var page = Open(context, "test_1");

        page.WaitForAssertion(() => Assert.Equal(
            ["order called called same", "sku \"a\" \"b\" differs", "n 1 1 same"],
            page.FindAll("article tbody tr").Select(row => string.Join(' ', row.Children.Select(c => c.TextContent.Trim())))));
    }

    [Fact]
    public async Task Pairs_Chosen_GoToANewSetOrToOneThatIsThere()
    {
        await using var host = await GateflowHost.StartAsync();
        await using var context = new PageTestContext(host, Role.Operator);
        await context.AddAsync([
            Test(context, "test_1", "gpt-4o", ReplayRecommendation.Review),
            .. Enumerable.Range(1, 7).Select(i => (object)Pair(context, i, $"The old answer {i}", $"The new answer {i}", i / 10.0))]);
        var book = host.Get<DatasetBook>();
        var page = Open(context, "test_1");
        page.WaitForAssertion(() => Assert.Equal(5, page.FindAll("article").Count));

        await KeyAsync(context, page.FindAll("article")[0], "x");
        await context.ChangeAsync(page.FindAll("article .choose input")[1], true);
        Assert.Equal("2\u00a0pairs chosen", page.Find("[data-testid=chosen]").TextContent);
        await PressAsync(context, page, "Add to dataset");
        page.WaitForElement("#pairs-name");
        await SubmitAsync(context, page);
        Assert.Equal("name is required.", page.Find("#pairs-name-fault").TextContent);
        await context.ChangeAsync(page.Find("#pairs-name"), "Worse answers");
        await SubmitAsync(context, page);

        page.WaitForAssertion(() => Assert.Contains("2\u00a0items added. Worse answers has 2\u00a0items.", page.Find("[data-testid=added]").TextContent, StringComparison.Ordinal));
        Assert.Equal("No pair chosen", page.Find("[data-testid=chosen]").TextContent);
        var set = Assert.Single((await book.ListAsync(10, null, TestContext.Current.CancellationToken)).Data);
        Assert.Equal((2, $"/datasets/{set.DatasetId}"), (set.WithExpected, page.Find("[data-testid=added] a").GetAttribute("href")));

        await PressAsync(context, page, "Choose all 7");
        await PressAsync(context, page, "Add to dataset");
        await context.ChangeAsync(page.WaitForElement("#pairs-set"), set.DatasetId);
        await SubmitAsync(context, page);
        page.WaitForAssertion(() => Assert.Contains("5\u00a0items added, 2 stood in the set already.", page.Find("[data-testid=added]").TextContent, StringComparison.Ordinal));

        await PressAsync(context, page, "Choose all 7");
        await PressAsync(context, page, "Add to dataset");
        await context.ChangeAsync(page.WaitForElement("#pairs-set"), set.DatasetId);
        Assert.Null(await book.DeleteAsync(set.DatasetId, "Ada", TestContext.Current.CancellationToken));
        await SubmitAsync(context, page);
        page.WaitForAssertion(() => Assert.Contains($"There is no dataset '{set.DatasetId}'", page.Find("#add-pairs [role=alert]").TextContent, StringComparison.Ordinal));

        static Task SubmitAsync(PageTestContext context, IRenderedComponent<ReplayPage> page) => context.SubmitAsync(page.Find("form[aria-label='Add pairs to a dataset']"));
    }

    [Fact]
    public async Task Page_Unknown_SaysSo()
    {
        await using var host = await GateflowHost.StartAsync();
        await using var context = new PageTestContext(host);

        var page = Open(context, "test_0");

        page.WaitForAssertion(() => Assert.Contains("There is no replay test_0.", page.Markup, StringComparison.Ordinal));
    }

    /// <summary>A database that keeps one question waiting.</summary>
    private sealed class Held(IDbContextFactory<GateflowDb> inner) : IDbContextFactory<GateflowDb>
    {
        private TaskCompletionSource? next;

        public TaskCompletionSource HoldNext() => next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        public GateflowDb CreateDbContext() => inner.CreateDbContext();

        public async Task<GateflowDb> CreateDbContextAsync(CancellationToken cancellationToken = default)
        {
            await (Interlocked.Exchange(ref next, null)?.Task ?? Task.CompletedTask);
            return inner.CreateDbContext();
        }
    }

    [Fact]
    public async Task Pairs_DatabaseAway_SaySoAndKeepTheirRatings()
    {
        var broken = new BrokenDatabase();
        await using var host = await GateflowHost.StartAsync(services: s => s.ConfigureDbContext<SqliteDb>(o => o.AddInterceptors(broken)));
        await using var context = new PageTestContext(host, Role.Operator);
        await context.AddAsync(Test(context, "test_1", "gpt-4o", ReplayRecommendation.Proceed), Pair(context, 1, "The old answer", "The new answer", 0.1));
        var test = (await host.Get<ReplayReader>().FindAsync("test_1", TestContext.Current.CancellationToken))!;
        IRenderedComponent<PairBrowser> pairs = null!;

        await broken.BreakAsync(() =>
        {
            pairs = context.Render<PairBrowser>(p => p.Add(x => x.Test, test).Add(x => x.MayRead, true).Add(x => x.Actor, "Ada"));
            return Task.CompletedTask;
        });
        AssertTold("The pairs could not be read");
        await context.ClickAsync(pairs.Find(".error button"));
        pairs.WaitForElement("article");
        await broken.BreakAsync(() => KeyAsync(context, pairs.Find("article"), "3"));
        AssertTold("Not saved, the database refused");
        await KeyAsync(context, pairs.Find("article"), "3");
        pairs.WaitForAssertion(() => Assert.Equal("Worse 3", pairs.Find("article [aria-pressed=true]").TextContent));
        await broken.BreakAsync(() => context.ClickAsync(pairs.FindAll("button").Single(b => b.TextContent.StartsWith("Choose all", StringComparison.Ordinal))));
        AssertTold("The pairs could not be read");
        await context.ClickAsync(pairs.Find(".error button"));
        pairs.WaitForAssertion(() => Assert.Equal("1\u00a0pair chosen", pairs.Find("[data-testid=chosen]").TextContent));
        Assert.Empty(pairs.FindAll(".error"));

        void AssertTold(string words) => pairs.WaitForAssertion(() => Assert.Contains(words, pairs.Find(".error").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Pairs_NotCountedAfterARating_SayThatItIsSaved()
    {
        await using var host = await GateflowHost.StartAsync();
        await using var context = new PageTestContext(host, Role.Operator);
        await context.AddAsync(Test(context, "test_1", "gpt-4o", ReplayRecommendation.Proceed), Pair(context, 1, "The old answer", "The new answer", 0.1));
        var (database, told) = (new Fading(host.Get<IDbContextFactory<GateflowDb>>()), 0);
        context.Services.AddSingleton(new PairReader(database, host.Get<ISecretProtector>()));
        var test = (await host.Get<ReplayReader>().FindAsync("test_1", TestContext.Current.CancellationToken))!;
        var pairs = context.Render<PairBrowser>(p => p.Add(x => x.Test, test).Add(x => x.MayRead, true).Add(x => x.Actor, "Ada").Add(x => x.OnRated, () => told++));
        pairs.WaitForElement("article");

        database.Answers = 1;
        await KeyAsync(context, pairs.Find("article"), "3");
        pairs.WaitForAssertion(() => Assert.StartsWith("The rating is saved, but ", pairs.Find(".error p").TextContent, StringComparison.Ordinal));
        Assert.Equal(("Worse 3", 1), (pairs.Find("article [aria-pressed=true]").TextContent, told));
        database.Answers = 9;
        await context.ClickAsync(pairs.Find(".error button"));

        pairs.WaitForAssertion(() => Assert.Empty(pairs.FindAll(".error")));
    }

    /// <summary>A database that goes away after some answers.</summary>
    private sealed class Fading(IDbContextFactory<GateflowDb> inner) : IDbContextFactory<GateflowDb>
    {
        public int Answers { get; set; } = 9;

        public GateflowDb CreateDbContext() => Answers-- > 0 ? inner.CreateDbContext() : throw new IOException("The database is away.");
    }

    private static IRenderedComponent<ReplayPage> Open(PageTestContext context, string id)
    {
        Go(context, $"/replays/{id}");
        return context.Render<ReplayPage>(p => p.Add(x => x.TestId, id));
    }

    private static void Go(PageTestContext context, string address) => context.Services.GetRequiredService<NavigationManager>().NavigateTo(address);

    private static Task PressAsync(PageTestContext context, IRenderedComponent<ReplayPage> page, string text) =>
        context.ClickAsync(page.FindAll("[data-testid=pairs] button").Single(b => b.TextContent == text));

    private static Task KeyAsync(PageTestContext context, AngleSharp.Dom.IElement element, string key) => context.FireAsync(element, "onkeydown", new KeyboardEventArgs { Key = key });

    private static string[] Ids(IRenderedComponent<ReplaysPage> page) => [.. page.FindAll("[data-testid=replays] tbody tr").Select(r => r.GetAttribute("data-id")!)];

    private static ReplayTest Test(PageTestContext context, string id, string target, ReplayRecommendation says) => new()
    {
        Id = id,
        MigrationId = "mig_1",
        SourceModel = "gpt-4",
        TargetModel = target,
        Requested = 50,
        Planned = 50,
        Done = 50,
        Status = ReplayStatus.Completed,
        CreatedAt = context.Clock.GetUtcNow(),
        FinishedAt = context.Clock.GetUtcNow(),
        CreatedBy = "Ada",
        Node = "test",
        Results = new ReplayResults
        {
            RequestsTested = 50,
            SourceModel = new ReplaySide { Model = "gpt-4", AvgLatencyMs = 800 },
            TargetModel = new ReplaySide { Model = target, AvgLatencyMs = 400 },
            QualityComparison = new QualityComparison { SemanticSimilarity = 0.4, SimilarityMethod = "lexical" },
            Recommendation = says,
            Rules = [new ReplayRule("similarity", says, "Similarity 0.4 is not surely above 0.38.")],
            Reasons = ["Similarity 0.4 is not surely above 0.38."],
        },
    };

    private static ReplayPair Pair(
        PageTestContext context, int number, string source, string? target, double? similarity, bool? format = true,
        IReadOnlyList<ShadowCall>? sourceCalls = null, IReadOnlyList<ShadowCall>? targetCalls = null)
    {
        var protector = context.Host.Get<ISecretProtector>();
        return new ReplayPair
        {
            Id = $"pair_{number}",
            TestId = "test_1",
            SampleId = $"smp_{number}",
            Prompt = Secret($"Prompt {number}"),
            SourceText = Secret(source),
            TargetText = target is null ? null : Secret(target),
            SourceCalls = Calls(sourceCalls),
            TargetCalls = Calls(targetCalls),
            TargetError = target is null ? "HTTP 500" : null,
            Similarity = similarity,
            FormatMatch = target is null ? null : format,
        };

        byte[] Secret(string text) => protector.Protect(Encoding.UTF8.GetBytes(text));

        byte[]? Calls(IReadOnlyList<ShadowCall>? calls) => calls is null ? null : protector.Protect(JsonSerializer.SerializeToUtf8Bytes(calls, JsonColumn.Options));
    }
}

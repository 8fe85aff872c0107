using Bunit;
using Gateflow.Core.Access;
using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;
using Gateflow.Core.Storage.Sqlite;
using Gateflow.Dashboard.Migrations;
using Gateflow.Dashboard.RollbackHistory;
using Gateflow.Tests.Composition;
using Gateflow.Tests.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Gateflow.Tests.RollbackHistory;

public sealed class RollbacksPageTests(GateflowFixture program) : IClassFixture<GateflowFixture>
{
    private readonly GateflowHost host = program.Host;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task History_Filtered_ShowsThoseAndExportsThose()
    {
        await using var context = new PageTestContext(host);
        var now = context.Clock.GetUtcNow();
        var automatic = await RolledBackAsync(context, "gpt-4", now.AddMinutes(-5), "error_rate");
        var byHand = await RolledBackAsync(context, "gpt-4-turbo", now.AddDays(-40), null);
        var navigation = context.Services.GetRequiredService<NavigationManager>();

        var page = context.Render<RollbacksPage>();
        Assert.Contains(automatic, page.Markup, StringComparison.Ordinal);
        Assert.Contains(byHand, page.Markup, StringComparison.Ordinal);
        await context.ChangeAsync(page.FindAll("select")[2], RollbackFilter.ByPerson);

        Assert.EndsWith("/rollbacks?cause=person", navigation.Uri, StringComparison.Ordinal);
        page.WaitForAssertion(() => Assert.DoesNotContain($"/rollbacks/{automatic}", page.Markup, StringComparison.Ordinal));
        Assert.Equal("/rollbacks.csv?cause=person", page.Find("a[download]").GetAttribute("href"));
        var csv = (await host.Client.GetStringAsync("/rollbacks.csv?cause=person", Token)).Split("\r\n");
        Assert.Contains(csv, line => line.StartsWith(byHand, StringComparison.Ordinal));
        Assert.DoesNotContain(csv, line => line.StartsWith(automatic, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Story_OfOne_TellsNumbersWhoAndWhatCameNext()
    {
        await using var context = new PageTestContext(host);
        var id = await RolledBackAsync(context, "gpt-4-0613", context.Clock.GetUtcNow().AddMinutes(-5), "error_rate");
        var next = (await host.Get<Drafting>().CreateAsync(new CreateMigration { SourceModel = "gpt-4-0613", TargetModel = "gpt-4o" }, "Ada", Token)).Value!;

        var page = context.Render<RollbackPage>(p => p.Add(x => x.MigrationId, id));

        Assert.Contains("Gateflow rolled back by itself while 30\u00a0%", page.Find("[data-testid=story]").TextContent, StringComparison.Ordinal);
        Assert.Contains("312 of 300", page.Find("[data-testid=numbers]").TextContent, StringComparison.Ordinal);
        Assert.NotNull(page.Find($"a[href='/migrations/{next.Id}']"));
        Assert.Contains("A new draft, made", page.Find("section[aria-labelledby=next]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Story_PlanBPreparedBeforeAndStartedAfter_IsTheNewTry()
    {
        await using var own = await GateflowHost.StartAsync();
        await using var context = new PageTestContext(own);
        var now = context.Clock.GetUtcNow();
        var id = await RolledBackAsync(context, "gpt-4-0613", now.AddMinutes(-5), "error_rate");
        var planB = new Migration { Id = Ids.New("mig", now.AddMinutes(-30)), SourceModel = "gpt-4-0613", CreatedAt = now.AddMinutes(-30), CreatedBy = "Ada" };
        planB.Configure("gpt-4o-mini", new MigrationConfig(), [], "Ada", now.AddMinutes(-30));
        await context.AddAsync(planB);
        Assert.Contains("Nobody has tried again", context.Render<RollbackPage>(p => p.Add(x => x.MigrationId, id)).Markup, StringComparison.Ordinal);
        await own.Get<Drafting>().CreateAsync(new CreateMigration { SourceModel = "gpt-4-0613", TargetModel = "gpt-4o" }, "Ada", Token); // an idle draft does not hide it
        await using (var db = await own.Get<IDbContextFactory<GateflowDb>>().CreateDbContextAsync(Token))
        {
            db.Attach(planB).State = EntityState.Modified;
            Assert.Null(planB.Execute("Ada", now.AddMinutes(-2)));
            await db.SaveChangesAsync(Token);
        }

        var next = context.Render<RollbackPage>(p => p.Add(x => x.MigrationId, id)).Find("section[aria-labelledby=next]");

        Assert.Contains("Tried again", next.TextContent, StringComparison.Ordinal);
        Assert.NotNull(next.QuerySelector($"a[href='/migrations/{planB.Id}']"));
    }

    [Fact]
    public async Task Story_NextOfAnotherScope_IsNoNewTry()
    {
        await using var own = await GateflowHost.StartAsync();
        await using var context = new PageTestContext(own);
        var id = await RolledBackAsync(context, "gpt-4-0314", context.Clock.GetUtcNow().AddMinutes(-5), "error_rate", new MigrationScope { Features = ["chat"] });
        var (drafting, history) = (own.Get<Drafting>(), own.Get<RollbackReader>());
        await drafting.CreateAsync(new CreateMigration { SourceModel = "gpt-4-0314", TargetModel = "gpt-4o", Feature = "search" }, "Ada", Token);
        Assert.Null((await history.FindAsync(id, Token))!.Next);

        var next = (await drafting.CreateAsync(new CreateMigration { SourceModel = "gpt-4-0314", TargetModel = "gpt-4o", Feature = "chat" }, "Ada", Token)).Value!;

        Assert.Equal(next.Id, (await history.FindAsync(id, Token))!.Next?.MigrationId);
    }

    [Fact]
    public async Task History_LongerThanAPage_IsExportedWholeAndShownOnDemand()
    {
        await using var own = await GateflowHost.StartAsync();
        await using var context = new PageTestContext(own);
        var now = context.Clock.GetUtcNow();
        await context.AddAsync([.. Enumerable.Range(0, RollbackReader.Page + 1).SelectMany(i => Rows($"mig_{i:0000}", "gpt-4", now.AddMinutes(-i), null))]);

        var page = context.Render<RollbacksPage>();
        var csv = (await own.Client.GetStringAsync("/rollbacks.csv", Token)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(RollbackReader.Page + 1, csv.Skip(1).Select(line => line.Split(',')[0]).Distinct().Count());
        page.WaitForAssertion(() => Assert.Contains("Older than these 1,000 are neither counted nor filtered here", page.Markup, StringComparison.Ordinal));
        await context.ClickAsync(page.FindAll("button").Single(b => b.TextContent == "Show older"));
        page.WaitForAssertion(() => Assert.Contains("1,001\u00a0rollbacks", page.Find(".filters .meta").TextContent, StringComparison.Ordinal));
        Assert.DoesNotContain("Show older", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Note_Written_StaysWithItsAuthorAndIsReadByTheApi()
    {
        await using var context = new PageTestContext(host);
        var id = await RolledBackAsync(context, "gpt-4-32k", context.Clock.GetUtcNow().AddMinutes(-5), "error_rate");
        var page = context.Render<RollbackPage>(p => p.Add(x => x.MigrationId, id));

        await context.ClickAsync(page.FindAll("button").Single(b => b.TextContent == "Write a note"));
        var area = (ElementReference)context.JSInterop.VerifyFocusAsyncInvoke().Arguments[0]!;
        Assert.Equal(area.Id, page.Find("textarea").GetAttribute("blazor:elementReference"));
        await context.InputAsync(page.Find("textarea"), " The target ran out of quota. ");
        await context.ClickAsync(page.FindAll("button").Single(b => b.TextContent == "Save note"));

        page.WaitForAssertion(() => Assert.Equal("The target ran out of quota.", page.Find("[data-testid=note]").TextContent));
        Assert.NotEqual(area.Id, ((ElementReference)context.JSInterop.VerifyFocusAsyncInvoke(2)[1].Arguments[0]!).Id); // back at the heading
        var told = await host.Client.GetStringAsync($"/v1/management/rollbacks?migration_id={id}", Token);
        Assert.Contains("\"note\":\"The target ran out of quota.\"", told, StringComparison.Ordinal);
        var address = new Uri($"/v1/management/rollbacks/{id}", UriKind.Relative);
        using var changed = await host.Client.PatchAsync(address, Note("Quota raised."), Token);
        Assert.Equal(System.Net.HttpStatusCode.OK, changed.StatusCode);
        Assert.Contains($"\"target\":\"{id}\"", await host.Client.GetStringAsync("/v1/management/audit-log?action=rollback.note", Token), StringComparison.Ordinal);
        using var tooLong = await host.Client.PatchAsync(address, Note(new string('x', 4_001)), Token);
        Assert.Equal(System.Net.HttpStatusCode.UnprocessableEntity, tooLong.StatusCode);
    }

    [Fact]
    public async Task Note_ChangedByAnotherMeanwhile_IsRefusedAndStaysTyped()
    {
        await using var context = new PageTestContext(host);
        var id = await RolledBackAsync(context, "gpt-4-1106-preview", context.Clock.GetUtcNow().AddMinutes(-5), "error_rate");
        var page = context.Render<RollbackPage>(p => p.Add(x => x.MigrationId, id));
        await context.ClickAsync(page.FindAll("button").Single(b => b.TextContent == "Write a note"));
        await context.InputAsync(page.Find("textarea"), "Mine.");
        await host.Get<RollbackNotes>().WriteAsync(id, "Theirs.", "Grace", Token);

        await context.ClickAsync(page.FindAll("button").Single(b => b.TextContent == "Save note"));

        page.WaitForAssertion(() => Assert.StartsWith("Grace changed the note meanwhile, at ", page.Find(".error p").TextContent, StringComparison.Ordinal));
        Assert.Equal("Mine.", page.Find("textarea").GetAttribute("value"));
        Assert.Contains("\"note\":\"Theirs.\"", await host.Client.GetStringAsync($"/v1/management/rollbacks?migration_id={id}", Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Note_OfTwoWrittenAtOnce_TheSecondSeesTheFirst()
    {
        await using var context = new PageTestContext(host);
        var id = await RolledBackAsync(context, "gpt-3.5-turbo", context.Clock.GetUtcNow().AddMinutes(-5), "error_rate");
        var (notes, reader) = (host.Get<RollbackNotes>(), host.Get<MigrationReader>());
        var seen = (await reader.RollbacksAsync(1, null, id, Token)).Data[0];
        var late = new RollbackNotes(new Crossing(host.Get<IDbContextFactory<GateflowDb>>(), () => notes.WriteAsync(id, "Theirs.", "Grace", Token)), reader, context.Clock);

        var refused = await late.WriteAsync(id, "Mine.", "Ada", Token, seen);

        Assert.Equal("changed_meanwhile", refused.Refusal?.Code);
        var stands = (await reader.RollbacksAsync(1, null, id, Token)).Data[0];
        Assert.Equal(("Theirs.", "Grace"), (stands.Note, stands.NoteBy));
    }

    [Fact]
    public async Task Note_DatabaseAway_IsToldAndStaysTyped()
    {
        var broken = new BrokenDatabase();
        await using var program = await GateflowHost.StartAsync(services: s => s.ConfigureDbContext<SqliteDb>(o => o.AddInterceptors(broken)));
        await using var context = new PageTestContext(program);
        var id = await RolledBackAsync(context, "gpt-4", context.Clock.GetUtcNow().AddMinutes(-5), "error_rate");
        var page = context.Render<RollbackPage>(p => p.Add(x => x.MigrationId, id));
        await context.ClickAsync(page.FindAll("button").Single(b => b.TextContent == "Write a note"));
        await context.InputAsync(page.Find("textarea"), "Out of quota.");

        await broken.BreakAsync(SaveAsync);
        page.WaitForAssertion(() => Assert.Contains("Not saved, the database refused", page.Find(".error").TextContent, StringComparison.Ordinal));
        Assert.Equal("Out of quota.", page.Find("textarea").GetAttribute("value"));
        await SaveAsync();

        page.WaitForAssertion(() => Assert.Equal("Out of quota.", page.Find("[data-testid=note]").TextContent));

        Task SaveAsync() => context.ClickAsync(page.FindAll("button").Single(b => b.TextContent == "Save note"));
    }

    [Fact]
    public async Task Note_WhileItIsSaved_TakesNoMoreWords()
    {
        var database = new BrokenDatabase();
        await using var program = await GateflowHost.StartAsync(services: s => s.ConfigureDbContext<SqliteDb>(o => o.AddInterceptors(database)));
        await using var context = new PageTestContext(program);
        var id = await RolledBackAsync(context, "gpt-4", context.Clock.GetUtcNow().AddMinutes(-5), "error_rate");
        var page = context.Render<RollbackPage>(p => p.Add(x => x.MigrationId, id));
        await context.ClickAsync(page.FindAll("button").Single(b => b.TextContent == "Write a note"));
        await context.InputAsync(page.Find("textarea"), "Out of quota.");
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        var saved = database.HoldAsync(go.Task, () => context.ClickAsync(page.FindAll("button").Single(b => b.TextContent == "Save note")));
        page.WaitForAssertion(() => Assert.True(page.Find("textarea").HasAttribute("disabled")));
        Assert.True(page.FindAll("button").Single(b => b.TextContent == "Cancel").HasAttribute("disabled"));
        go.SetResult();
        await saved;

        page.WaitForAssertion(() => Assert.Equal("Out of quota.", page.Find("[data-testid=note]").TextContent));
    }

    [Fact]
    public async Task Story_OfNone_SaysSo()
    {
        await using var context = new PageTestContext(host);

        var page = context.Render<RollbackPage>(p => p.Add(x => x.MigrationId, "mig_nothing"));

        Assert.Contains("was not rolled back, or does not exist", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Csv_WithoutSession_IsRefused()
    {
        using var stranger = host.CreateClient();

        using var answer = await stranger.GetAsync("/rollbacks.csv", Token);

        Assert.Equal(System.Net.HttpStatusCode.Redirect, answer.StatusCode);
    }

    [Fact]
    public async Task Csv_AwkwardTexts_StayOneFieldAndRunNothing()
    {
        using var output = new MemoryStream();
        await RollbackCsv.WriteAsync(new[] { View(reason: "late, and \"slow\"\nvery"), View(reason: "=1+1") }.ToAsyncEnumerable(), output);
        var csv = System.Text.Encoding.UTF8.GetString(output.ToArray());

        Assert.Contains("\"late, and \"\"slow\"\"\nvery\"", csv, StringComparison.Ordinal);
        Assert.Contains(",'=1+1,", csv, StringComparison.Ordinal);
        Assert.StartsWith("migration_id,source_model,", csv, StringComparison.Ordinal);
    }

    [Fact]
    public void Summary_MixedCauses_CountsNinetyDays()
    {
        var now = DashboardTestContext.Now;

        var summary = RollbackSummary.Of(
        [
            View(at: now.AddDays(-1)) with { Automatic = true, DetectionSeconds = 4, EffectMs = 1 },
            View(at: now.AddDays(-2)) with { Automatic = true, DetectionSeconds = 8, EffectMs = 3 },
            View(at: now.AddDays(-3)) with { EffectMs = 2 },
            View(at: now.AddDays(-3)),
            View(at: now.AddDays(-91)) with { DetectionSeconds = 900, EffectMs = 900 },
        ], now);

        Assert.Equal(new RollbackSummary(4, 0.5, 6, 2), summary);
        Assert.Equal(new RollbackSummary(0, null, null, null), RollbackSummary.Of([], now));
    }

    [Fact]
    public void Trend_OverAYear_CountsEachMonthOfIt()
    {
        var now = new DateTimeOffset(2026, 3, 15, 12, 0, 0, TimeSpan.Zero);

        var months = RollbackMonth.Of([View(at: now) with { Automatic = true }, View(at: now.AddDays(-14)), View(at: now.AddMonths(-3)), View(at: now.AddMonths(-12))], now);

        Assert.Equal(12, months.Count);
        Assert.Equal((new DateOnly(2025, 4, 1), 0), (months[0].Month, months[0].Count));
        Assert.Equal(new RollbackMonth(new DateOnly(2026, 3, 1), 1, 1), months[^1]);
        Assert.Equal(3, months.Sum(m => m.Count));
    }

    [Fact]
    public void Filter_Address_RoundTrips()
    {
        var filter = new RollbackFilter(90, "a/b c", "error_rate", "chat");

        Assert.Equal("?period=90&model=a%2Fb%20c&feature=chat&cause=error_rate", filter.Query);
        var chat = new RollbackFilter(Feature: "chat");
        Assert.Equal((true, false), (chat.Takes(View() with { Features = ["chat"] }, DashboardTestContext.Now), chat.Takes(View(), DashboardTestContext.Now)));
        Assert.Equal(new RollbackFilter(), RollbackFilter.Parse("17", "", null));
    }

    [Fact]
    public void Charts_OfAStory_HaveEveryGuardrailsLimit()
    {
        var now = DashboardTestContext.Now;
        var limits = new RollbackThreshold { ErrorRate = 0.05, LatencyP99Increase = 2, QualityScoreDrop = 0.1 };
        var migration = new MigrationView
        {
            MigrationId = "mig_1", Status = MigrationStatus.RolledBack, SourceModel = "gpt-4", CreatedAt = now, CreatedBy = "Ada", Config = new MigrationConfig { RollbackThreshold = limits }, AllowedActions = [], Sentence = "", Verdicts = [],
            Progress = new ProgressView { TrafficOnTarget = 0, Step = 1, Steps = 5 }, Metrics = new MetricsView { SourceLatencyP99 = 800, SourceQuality = 0.95, TargetQuality = 0.6 },
        };
        var story = new RollbackStory
        {
            Rollback = View(), Migration = migration, From = now.AddMinutes(-5), To = now.AddMinutes(5), Events = [],
            Points = [new ArmPoint { At = now, Weight = 30, SourceQuality = 0.9, TargetQuality = 0.5 }],
        };

        var charts = RollbackCharts.Of(story);

        Assert.True(charts.HasQuality);
        Assert.Equal([0.9, 0.5], charts.Quality.Select(s => s.Points.Single().Value));
        Assert.Equal(1600, charts.LatencyLimit.Single().Value);
        Assert.Equal(0.85, charts.QualityLimit.Single().Value, 9);
        Assert.False(RollbackCharts.Of(story with { Points = [new ArmPoint { At = now, Weight = 30 }] }).HasQuality);
    }

    /// <summary>Lets something be written once, between what a context has read and what it saves.</summary>
    private sealed class Crossing(IDbContextFactory<GateflowDb> inner, Func<Task> meanwhile) : IDbContextFactory<GateflowDb>
    {
        private bool crossed;

        public GateflowDb CreateDbContext()
        {
            var db = inner.CreateDbContext();
            db.SavingChanges += (_, _) =>
            {
                if (!crossed)
                {
                    crossed = true;
                    Task.Run(meanwhile).GetAwaiter().GetResult();
                }
            };
            return db;
        }
    }

    private static StringContent Note(string text) => new($$"""{"note":"{{text}}"}""", System.Text.Encoding.UTF8, "application/json");

    private static RollbackView View(string reason = "", DateTimeOffset? at = null) => new()
    {
        MigrationId = "mig_1", SourceModel = "gpt-4", TargetModel = "gpt-4o", At = at ?? DashboardTestContext.Now, Automatic = false, Reason = reason,
        Actor = "Ada", TrafficAtRollback = 30,
    };

    private static async Task<string> RolledBackAsync(PageTestContext context, string source, DateTimeOffset at, string? guardrail, MigrationScope? scope = null)
    {
        var id = Ids.New("mig", at);
        await context.AddAsync(Rows(id, source, at, guardrail, scope));
        return id;
    }

    private static object[] Rows(string id, string source, DateTimeOffset at, string? guardrail, MigrationScope? scope = null)
    {
        var migration = new Migration { Id = id, SourceModel = source, CreatedAt = at.AddHours(-1), CreatedBy = "Ada" };
        migration.Configure("gpt-4o", new MigrationConfig { Scope = scope ?? new() }, [], "Ada", at.AddHours(-1));
        return [migration, new Rollback
        {
            MigrationId = migration.Id, At = at, Automatic = guardrail is not null, Reason = guardrail ?? "Support asked for it.", Actor = guardrail is null ? "Ada" : "gateflow",
            Guardrail = guardrail, Evidence = guardrail is null ? null : 312, Threshold = guardrail is null ? null : 300, TrafficAtRollback = 30,
            DetectionRequests = guardrail is null ? null : 24, DetectionSeconds = guardrail is null ? null : 6, EffectMs = 0.4,
        }];
    }
}

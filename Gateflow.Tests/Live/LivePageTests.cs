using AngleSharp.Dom;
using Bunit;
using Gateflow.Core.Access;
using Gateflow.Core.Alerts;
using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Core.Shadow;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Live;
using Gateflow.Dashboard.Migrations;
using Gateflow.Dashboard.Parts;
using Gateflow.Dashboard.Shadow;
using Gateflow.Tests.Management;
using Gateflow.Tests.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Gateflow.Tests.Live;

/// <summary>The live page over a real program: what it shows, what it lets whom do, and that it follows.</summary>
public sealed class LivePageTests
{
    private const string Scheduled = """
        {"strategy": "scheduled", "execute_at": "2099-01-01T00:00:00Z", "then": "canary", "canary_percentage": 33, "scope": {"features": ["chat"]}}
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Page_OfARunningCanary_ShowsStepVerdictAndFollowsTheRollback()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        var id = await gateflow.DraftAsync("""{"rollback_threshold": {"error_rate": 0.05}}""");
        await gateflow.MustAsync("POST", $"/migrations/{id}/execute");
        await using var context = new LiveContext(gateflow);

        var page = context.Render<LivePage>(p => p.Add(x => x.Id, id));

        page.WaitForAssertion(() => Assert.Contains("In progress", Text(page, "status"), StringComparison.Ordinal));
        Assert.Contains("Error rate", Text(page, "guardrails"), StringComparison.Ordinal);
        Assert.Contains(Buttons(page), b => b == "Pause");
        Assert.Contains(Buttons(page), b => b == "Roll back");
        Assert.Equal("In progress, Step 1 of 10 (10\u00a0%)", page.Find("p[role=status]").TextContent);
        await gateflow.MustAsync("POST", $"/migrations/{id}/rollback", """{"reason": "seen enough"}""");
        gateflow.Host.Get<MigrationFeed>().Signal(id);

        page.WaitForAssertion(() => Assert.Contains("Rolled back", Text(page, "status"), StringComparison.Ordinal));
        Assert.Contains("seen enough", page.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain(Buttons(page), b => b == "Roll back");
    }

    // The gateway and the controller may run elsewhere, and what they do gives no signal here.
    [Fact]
    public async Task Page_WithoutASignal_FollowsByItsBeatAndSaysWhenTheDatabaseIsAway()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        var id = await gateflow.DraftAsync();
        await gateflow.MustAsync("POST", $"/migrations/{id}/execute");
        await using var context = new LiveContext(gateflow);
        var database = new Switched(gateflow.Host.Get<IDbContextFactory<GateflowDb>>());
        var reader = new MigrationReader(database, gateflow.Host.Get<FleetEvidence>(), gateflow.Host.Get<ShadowReader>(), TimeProvider.System);
        context.Services.AddSingleton(new LiveSnapshots(reader, TimeProvider.System));
        context.Services.AddSingleton(context.Feed);
        var page = context.Render<LivePage>(p => p.Add(x => x.Id, id));
        page.WaitForAssertion(() => Assert.Contains("In progress", Text(page, "status"), StringComparison.Ordinal));

        await gateflow.MustAsync("POST", $"/migrations/{id}/pause");
        await context.BeatAsync(Refreshing.Beat, () => Text(page, "status").Contains("Paused", StringComparison.Ordinal));
        database.IsAway = true;
        await context.BeatAsync(Refreshing.Beat, () => page.Markup.Contains("These numbers are not fresh", StringComparison.Ordinal));
        await gateflow.MustAsync("POST", $"/migrations/{id}/resume");
        database.IsAway = false;
        await context.BeatAsync(Refreshing.Beat, () => Text(page, "status").Contains("In progress", StringComparison.Ordinal));

        Assert.DoesNotContain("These numbers are not fresh", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signal_OfOneThatAnotherNodeCancelled_ComesAndIsReadAnew()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        var (host, clock) = (gateflow.Host, new FakeTimeProvider());
        var id = await gateflow.DraftAsync(Scheduled);
        await gateflow.MustAsync("POST", $"/migrations/{id}/execute");
        await host.Get<RolloutController>().RunOnceAsync(Token);
        var feed = new MigrationFeed(clock, new ProcessorLoad(clock), NullLogger<MigrationFeed>.Instance);
        var snapshots = new LiveSnapshots(host.Get<MigrationReader>(), clock); // at a clock that stands, what was read once stays
        new LiveSignals(feed, snapshots, host.Get<Transitions>(), host.Get<RolloutController>(), host.Get<RecorderWriter>(), host.Get<AlertWriter>(), host.Get<ShadowStore>()).Connect();
        Assert.Equal(MigrationStatus.Scheduled, (await snapshots.GetAsync(id))!.Migration.Status);
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var watch = feed.Subscribe(id, _ => Task.FromResult(told.TrySetResult()));

        var elsewhere = new Transitions(host.Get<IDbContextFactory<GateflowDb>>(), host.Get<Routes>());
        Assert.True((await elsewhere.ApplyAsync(id, m => m.Cancel("Bob", TimeProvider.System.GetUtcNow(), null), Token)).IsOk);
        await told.Task.WaitAsync(TimeSpan.FromSeconds(30), Token);

        Assert.Equal(MigrationStatus.Cancelled, (await snapshots.GetAsync(id))!.Migration.Status);
    }

    [Fact]
    public async Task Page_ForAViewer_HasNoCommands()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        var id = await gateflow.DraftAsync();
        await gateflow.MustAsync("POST", $"/migrations/{id}/execute");
        await using var context = new LiveContext(gateflow, Role.Viewer);

        var page = context.Render<LivePage>(p => p.Add(x => x.Id, id));

        page.WaitForAssertion(() => Assert.Contains("In progress", Text(page, "status"), StringComparison.Ordinal));
        Assert.DoesNotContain(Buttons(page), b => b is "Pause" or "Roll back" or "Advance");
    }

    [Fact]
    public async Task Page_OfAnUnknownMigration_SaysSo()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        await using var context = new LiveContext(gateflow);

        var page = context.Render<LivePage>(p => p.Add(x => x.Id, "mig_nothing"));

        page.WaitForAssertion(() => Assert.Contains("mig_nothing", page.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Advance_MovedWhileTheDialogIsRead_IsRefused()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        var id = await gateflow.DraftAsync("""{"canary_percentage": 10, "increase_step": 10}""");
        await gateflow.MustAsync("POST", $"/migrations/{id}/execute");
        await using var context = new LiveContext(gateflow);
        var dialogs = context.Services.GetRequiredService<Radzen.DialogService>();
        var opened = 0;
        dialogs.OnOpen += (_, _, _, _) => opened++;
        var page = context.Render<LivePage>(p => p.Add(x => x.Id, id));
        page.WaitForAssertion(() => Assert.Contains("Advance", Buttons(page)));

        var asked = context.ClickAsync(Button(page, "Advance"));
        _ = context.ClickAsync(Button(page, "Advance"));
        await gateflow.MustAsync("POST", $"/migrations/{id}/advance");
        await page.InvokeAsync(() => dialogs.Close(new ConfirmAnswer("looks good")));
        await asked;

        Assert.Equal(1, opened);
        page.WaitForAssertion(() => Assert.StartsWith("It moved to step 2 of 10 meanwhile.", page.Find(".fault .error p").TextContent, StringComparison.Ordinal));
        Assert.Equal(2, (await gateflow.MustAsync("GET", $"/migrations/{id}"))["progress"]!["step"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("Promote to 100 %", "", "advance", "It moved to step 2 of 10 meanwhile.")]
    [InlineData("Resume", "pause", "resume advance pause", "It moved to step 2 of 10 meanwhile.")]
    public async Task RaisingVerb_MovedWhileTheDialogIsRead_IsRefused(string button, string before, string meanwhile, string told)
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        var id = await gateflow.DraftAsync("""{"canary_percentage": 10, "increase_step": 10}""");
        await RunAsync("execute " + before);
        await using var context = new LiveContext(gateflow);
        var page = context.Render<LivePage>(p => p.Add(x => x.Id, id));
        page.WaitForAssertion(() => Assert.Contains(button, Buttons(page)));

        var asked = context.ClickAsync(Button(page, button));
        await RunAsync(meanwhile);
        await page.InvokeAsync(() => context.Services.GetRequiredService<Radzen.DialogService>().Close(new ConfirmAnswer("looks good")));
        await asked;

        page.WaitForAssertion(() => Assert.StartsWith(told, page.Find(".fault .error p").TextContent, StringComparison.Ordinal));
        Assert.Equal(2, (await gateflow.MustAsync("GET", $"/migrations/{id}"))["progress"]!["step"]!.GetValue<int>());

        async Task RunAsync(string verbs)
        {
            foreach (var verb in verbs.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                await gateflow.MustAsync("POST", $"/migrations/{id}/{verb}");
            }
        }
    }

    [Fact]
    public async Task Edit_OfAPausedMigration_ChangesHowItGoesOn()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        var id = await gateflow.DraftAsync("""{"canary_percentage": 10, "increase_step": 10, "rollback_threshold": {"error_rate": 0.05}}""");
        await gateflow.MustAsync("POST", $"/migrations/{id}/execute");
        await using var context = new LiveContext(gateflow);
        var page = context.Render<LivePage>(p => p.Add(x => x.Id, id));
        page.WaitForAssertion(() => Assert.Contains("Pause", Buttons(page)));
        Assert.DoesNotContain("Edit", Buttons(page));
        await gateflow.MustAsync("POST", $"/migrations/{id}/pause");
        gateflow.Host.Get<MigrationFeed>().Signal(id);
        page.WaitForAssertion(() => Assert.Contains("Edit", Buttons(page)));
        var dialogs = context.Services.GetRequiredService<Radzen.DialogService>();
        Dictionary<string, object?>? given = null;
        dialogs.OnOpen += (_, _, parameters, _) => given = parameters;
        var asked = context.ClickAsync(Button(page, "Edit"));
        page.WaitForAssertion(() => Assert.NotNull(given));
        var dialog = context.Render<EditPlanDialog>(p => p.Add(d => d.Migration, (MigrationView)given!["Migration"]!).Add(d => d.Actor, (string)given["Actor"]!));
        Assert.True(dialog.Find("button[type=submit]").HasAttribute("disabled"));
        Assert.Empty(dialog.FindAll("#field-rollback-threshold-latency-p99-increase"));

        await TypeAsync("#field-rollback-threshold-error-rate", "10");
        await context.SubmitAsync(dialog.Find("form"));
        dialog.WaitForAssertion(() => Assert.Contains("can only be tightened", dialog.Find(".error").TextContent, StringComparison.Ordinal));
        await TypeAsync("#field-rollback-threshold-error-rate", "2");
        await TypeAsync("#field-increase-step", "40");
        await context.SubmitAsync(dialog.Find("form"));
        await asked;

        var changed = await gateflow.MustAsync("GET", $"/migrations/{id}");
        Assert.Equal((0.02, 40, "paused"), (changed["rollback_threshold"]!["error_rate"]!.GetValue<double>(), changed["increase_step"]!.GetValue<double>(), ManagedGateflow.Text(changed, "status")));
        Assert.Equal(50, (await gateflow.MustAsync("POST", $"/migrations/{id}/advance"))["progress"]!["traffic_on_target"]!.GetValue<double>());

        Task TypeAsync(string field, string text) => context.InputAsync(dialog.Find(field), text);
    }

    [Fact]
    public async Task Edit_ChangedByAnotherMeanwhile_KeepsTheirsOrIsRefused()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        var id = await gateflow.DraftAsync("""
            {"strategy": "steps", "steps": [{"weight": 10, "hold_minutes": 60}, {"weight": 50, "hold_minutes": 60}], "rollback_threshold": {"error_rate": 0.05, "latency_p99_increase": 3}}
            """);
        await gateflow.MustAsync("POST", $"/migrations/{id}/execute");
        await gateflow.MustAsync("POST", $"/migrations/{id}/pause");
        await using var context = new LiveContext(gateflow);
        var migration = (await gateflow.Host.Get<MigrationReader>().FindAsync(id, Token))!;
        var (limits, steps) = (Open(), Open());
        await gateflow.MustAsync("PATCH", $"/migrations/{id}", """
            {"steps": [{"weight": 10, "hold_minutes": 60}, {"weight": 50, "hold_minutes": 60, "gate": true}], "rollback_threshold": {"error_rate": 0.05, "latency_p99_increase": 2}}
            """);

        await context.InputAsync(limits.Find("#field-rollback-threshold-error-rate"), "2");
        await context.SubmitAsync(limits.Find("form"));
        await context.InputAsync(steps.Find("#field-steps"), "10 % 60 min\n50 % 90 min");
        await context.SubmitAsync(steps.Find("form"));

        Assert.Empty(limits.FindAll(".error"));
        steps.WaitForAssertion(() => Assert.StartsWith("Somebody else changed steps meanwhile.", steps.Find(".error p").TextContent, StringComparison.Ordinal));
        var now = await gateflow.MustAsync("GET", $"/migrations/{id}");
        Assert.Equal((0.02, 2, true), (now["rollback_threshold"]!["error_rate"]!.GetValue<double>(), now["rollback_threshold"]!["latency_p99_increase"]!.GetValue<double>(), now["steps"]![1]!["gate"]!.GetValue<bool>()));

        IRenderedComponent<EditPlanDialog> Open() => context.Render<EditPlanDialog>(p => p.Add(d => d.Migration, migration).Add(d => d.Actor, "Ada"));
    }

    [Fact]
    public async Task Cancel_ConfigurationChangedWhileTheDialogIsRead_IsRefused()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        var id = await gateflow.DraftAsync(Scheduled);
        await gateflow.MustAsync("POST", $"/migrations/{id}/execute");
        await using var context = new LiveContext(gateflow);
        var page = context.Render<LivePage>(p => p.Add(x => x.Id, id));
        page.WaitForAssertion(() => Assert.Contains("Cancel", Buttons(page)));

        var asked = context.ClickAsync(Button(page, "Cancel"));
        await gateflow.MustAsync("PATCH", $"/migrations/{id}", """{"canary_percentage": 5}""");
        await page.InvokeAsync(() => context.Services.GetRequiredService<Radzen.DialogService>().Close(new ConfirmAnswer("too much at once")));
        await asked;

        page.WaitForAssertion(() => Assert.StartsWith("Its target or configuration changed meanwhile.", page.Find(".fault .error p").TextContent, StringComparison.Ordinal));
        Assert.Equal("scheduled", ManagedGateflow.Text(await gateflow.MustAsync("GET", $"/migrations/{id}"), "status"));
    }

    [Fact]
    public async Task Edit_OfAShadowPhaseWithOwnStepsAfterIt_OffersThem()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        var id = await gateflow.DraftAsync("""{"strategy": "shadow", "then": "steps", "steps": [{"weight": 10, "hold_minutes": 60}]}""");
        await gateflow.MustAsync("POST", $"/migrations/{id}/execute");
        await gateflow.MustAsync("POST", $"/migrations/{id}/pause");
        await using var context = new LiveContext(gateflow);
        var migration = (await gateflow.Host.Get<MigrationReader>().FindAsync(id, TestContext.Current.CancellationToken))!;
        var dialog = context.Render<EditPlanDialog>(p => p.Add(d => d.Migration, migration).Add(d => d.Actor, "Ada"));

        await context.InputAsync(dialog.Find("#field-steps"), "5 % 30 min\n25 % 60 min");
        await context.SubmitAsync(dialog.Find("form"));

        Assert.Equal([5, 25], (await gateflow.MustAsync("GET", $"/migrations/{id}"))["steps"]!.AsArray().Select(s => s!["weight"]!.GetValue<double>()));
    }

    [Fact]
    public async Task Page_OfAScheduledMigration_LeadsToItsConfiguration()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        var id = await gateflow.DraftAsync(Scheduled);
        await gateflow.MustAsync("POST", $"/migrations/{id}/execute");
        await using var context = new LiveContext(gateflow);

        var page = context.Render<LivePage>(p => p.Add(x => x.Id, id));

        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll($"a[href='/migrations/{id}/wizard?step=configure']")));
    }

    [Fact]
    public async Task StartAgain_OfAScheduledMigration_KeepsAllButTheHourOnce()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        var id = await gateflow.DraftAsync(Scheduled);
        await gateflow.MustAsync("POST", $"/migrations/{id}/execute");
        await gateflow.MustAsync("POST", $"/migrations/{id}/cancel");
        await using var context = new LiveContext(gateflow);
        var navigation = context.Services.GetRequiredService<NavigationManager>();
        var page = context.Render<LivePage>(p => p.Add(x => x.Id, id));
        page.WaitForAssertion(() => Assert.Contains("Start again", Buttons(page)));

        await context.ClickAsync(page.Find("[data-testid=story] button"));
        await context.ClickAsync(page.Find("[data-testid=story] button"));

        page.WaitForAssertion(() => Assert.EndsWith("/wizard?step=analysis", navigation.Uri, StringComparison.Ordinal));
        Assert.Equal(2, (await gateflow.MustAsync("GET", "/migrations"))["data"]!.AsArray().Count);
        var again = await gateflow.MustAsync("GET", $"/migrations/{navigation.Uri.Split('/')[^2]}");
        Assert.Equal(("canary", 33, "chat"), (ManagedGateflow.Text(again, "strategy"), again["canary_percentage"]!.GetValue<double>(), again["scope"]!["features"]![0]!.GetValue<string>()));
        Assert.Null(again["execute_at"]);
    }

    [Fact]
    public async Task StartAgain_PromptIsGone_KeepsTheRestAndSaysSo()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        var prompt = await gateflow.MustAsync("POST", "/prompts", """{"name": "support-reply", "text": "Help."}""");
        var id = await gateflow.DraftAsync("""{"prompt_version": "support-reply@1", "scope": {"features": ["chat"]}}""");
        await gateflow.MustAsync("POST", $"/migrations/{id}/cancel");
        await gateflow.MustAsync("DELETE", $"/prompts/{ManagedGateflow.Text(prompt, "id")}");
        await using var context = new LiveContext(gateflow);
        var page = context.Render<LivePage>(p => p.Add(x => x.Id, id));
        page.WaitForAssertion(() => Assert.Contains("Start again", Buttons(page)));

        await context.ClickAsync(page.Find("[data-testid=story] button"));

        page.WaitForAssertion(() => Assert.Contains("prompt_version must name a version of a prompt", page.Find("[data-testid=story] .error").TextContent, StringComparison.Ordinal));
        var again = page.Find("[data-testid=story] .error a").GetAttribute("href")!.Split('/')[2];
        Assert.Equal("chat", (await gateflow.MustAsync("GET", $"/migrations/{again}"))["scope"]!["features"]![0]!.GetValue<string>());
        Assert.DoesNotContain("Start again", Buttons(page));
    }

    [Fact]
    public async Task Resume_ConfigurationChangedWhileTheDialogIsRead_IsRefused()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        var id = await gateflow.DraftAsync("""{"canary_percentage": 10, "increase_step": 10}""");
        await gateflow.MustAsync("POST", $"/migrations/{id}/execute");
        await gateflow.MustAsync("POST", $"/migrations/{id}/pause");
        await using var context = new LiveContext(gateflow);
        var page = context.Render<LivePage>(p => p.Add(x => x.Id, id));
        page.WaitForAssertion(() => Assert.Contains("Resume", Buttons(page)));

        var asked = context.ClickAsync(Button(page, "Resume"));
        await gateflow.MustAsync("PATCH", $"/migrations/{id}", """{"increase_step": 45}""");
        await page.InvokeAsync(() => context.Services.GetRequiredService<Radzen.DialogService>().Close(new ConfirmAnswer("looks good")));
        await asked;

        page.WaitForAssertion(() => Assert.StartsWith("Its target or configuration changed meanwhile.", page.Find(".fault .error p").TextContent, StringComparison.Ordinal));
        Assert.Equal("paused", ManagedGateflow.Text(await gateflow.MustAsync("GET", $"/migrations/{id}"), "status"));
    }

    private static IElement Button(IRenderedComponent<LivePage> page, string label) => page.FindAll("button").First(b => b.TextContent.Trim() == label);

    private static string Text(IRenderedComponent<LivePage> page, string testId) => page.Find($"[data-testid={testId}]").TextContent;

    private static List<string> Buttons(IRenderedComponent<LivePage> page) => [.. page.FindAll("button").Select(b => b.TextContent.Trim())];

    /// <summary>A database that can be away.</summary>
    private sealed class Switched(IDbContextFactory<GateflowDb> inner) : IDbContextFactory<GateflowDb>
    {
        public bool IsAway { get; set; }

        public GateflowDb CreateDbContext() => IsAway ? throw new IOException("The server is away.") : inner.CreateDbContext();
    }

    private sealed class LiveContext : PageTestContext
    {
        public LiveContext(ManagedGateflow gateflow, Role role = Role.Admin)
            : base(gateflow.Host, role)
        {
            Services.AddSingleton(gateflow.Host.Get<MigrationFeed>());
            Services.AddSingleton(gateflow.Host.Get<LiveSnapshots>());
            Services.AddSingleton(gateflow.Host.Get<Conduct>());
            Services.AddSingleton(gateflow.Host.Get<Drafting>());
            Services.AddSingleton(gateflow.Host.Get<ModelDirectory>());
        }
    }
}

using System.Net;
using System.Text.Json.Nodes;
using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Live;
using Gateflow.Tests.Usage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Gateflow.Tests.Management;

/// <summary>Migrations that really run: traffic by HTTP, evidence, controller, database.</summary>
public sealed class RunningTests
{
    private const string Fast = """{"canary_percentage": 50, "increase_step": 50, "increase_interval_minutes": 0.01, "min_samples": 0, "soak_minutes": 0, "rollback_threshold": {}}""";

    [Fact]
    public async Task Canary_TargetStartsFailing_RollsBackByItselfAndNoCallerNotices()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        using var application = await gateflow.ApplicationAsync();
        var id = await gateflow.DraftAsync("""{"canary_percentage": 50, "increase_interval_minutes": 60, "rollback_threshold": {"error_rate": 0.05}}""");
        await gateflow.MustAsync("POST", $"/migrations/{id}/execute");
        await gateflow.Simulator.SetAsync(ManagedGateflow.Target, new { error_rate = 1.0, error_status = 500 });

        var (sent, onTarget) = (0, 0);
        while (await StatusAsync(gateflow, id) == "in_progress" && sent < 200)
        {
            using var answer = await ManagedGateflow.AskAsync(application, $"user {sent++}");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(ManagedGateflow.Source, answer.Headers.GetValues("x-gateflow-model").Single());
            onTarget += answer.Headers.TryGetValues("x-gateflow-arm", out var arm) && arm.Single() == "target" ? 1 : 0;
        }

        Assert.Equal("rolled_back", await StatusAsync(gateflow, id));
        Assert.InRange(onTarget, 2, 5);
        var history = (JsonObject)(await gateflow.MustAsync("GET", "/rollbacks"))["data"]![0]!;
        Assert.True(history["automatic"]!.GetValue<bool>());
        Assert.Equal("error_rate", ManagedGateflow.Text(history, "guardrail"));
        Assert.True(history["evidence"]!.GetValue<double>() >= history["threshold"]!.GetValue<double>());
        await LeftAsync(application);
    }

    [Fact]
    public async Task Canary_Running_TellsWhetherTheObservedSplitIsAsConfigured()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        using var application = await gateflow.ApplicationAsync();
        var id = await gateflow.DraftAsync("""{"canary_percentage": 50, "increase_interval_minutes": 60, "sticky_by": "user"}""");
        await gateflow.MustAsync("POST", $"/migrations/{id}/execute");
        for (var i = 0; i < 120; i++)
        {
            using var answer = await ManagedGateflow.AskAsync(application, $"user {i % 60}");
        }

        var migration = await gateflow.MustAsync("GET", $"/migrations/{id}");

        var split = (JsonObject)migration["progress"]!["split"]!;
        Assert.Equal(("observed_split", "healthy", 60, 0.5), (
            ManagedGateflow.Text(split, "guardrail"), ManagedGateflow.Text(split, "verdict"), split["samples"]!.GetValue<int>(), split["limit"]!.GetValue<double>()));
        Assert.InRange(split["observed"]!.GetValue<double>(), 0.25, 0.75);
        Assert.DoesNotContain(migration["verdicts"]!.AsArray(), v => ManagedGateflow.Text((JsonObject)v!, "guardrail") == "observed_split");
    }

    [Fact]
    public async Task Execute_ErrorRateBelowTwiceTheSourcesOwn_RefusedWithAdvice()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        await using (var db = await gateflow.Host.Get<IDbContextFactory<GateflowDb>>().CreateDbContextAsync(TestContext.Current.CancellationToken))
        {
            db.AddRange(StoredHours.WithDay(new UsageRollup
            {
                Hour = new DateTimeOffset(gateflow.Host.Get<TimeProvider>().GetUtcNow().UtcDateTime.Date, TimeSpan.Zero).AddDays(-1),
                Node = "n", Model = ManagedGateflow.Source, ServedModel = ManagedGateflow.Source, Feature = "", KeyId = "key", Requests = 1_000, Errors = 40,
            }));
            await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        }

        var created = await gateflow.MustAsync("POST", "/migrations", $$"""{"source_model": "{{ManagedGateflow.Source}}", "target_model": "{{ManagedGateflow.Target}}", "analyze": true}""");
        var id = ManagedGateflow.Text(created, "migration_id");
        await gateflow.MustAsync("PATCH", $"/migrations/{id}", """{"rollback_threshold": {"error_rate": 0.05}}""");

        var (status, refusal) = await gateflow.CallAsync("POST", $"/migrations/{id}/execute");

        Assert.InRange((int)status, 400, 422);
        Assert.Contains("Set at least 8.0", refusal.ToJsonString(), StringComparison.Ordinal);
        await gateflow.MustAsync("PATCH", $"/migrations/{id}", """{"rollback_threshold": {"error_rate": 0.09}}""");
        await gateflow.MustAsync("POST", $"/migrations/{id}/execute");
    }

    [Fact]
    public async Task Canary_Healthy_CompletesAndRollsBackFromCompleted()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        using var application = await gateflow.ApplicationAsync();
        var id = await gateflow.DraftAsync(Fast);
        await gateflow.MustAsync("POST", $"/migrations/{id}/execute");

        await UntilAsync(gateflow, id, "completed");

        using var moved = await ManagedGateflow.AskAsync(application, "a");
        Assert.Equal(ManagedGateflow.Target, moved.Headers.GetValues("x-gateflow-model").Single());
        Assert.Equal(100, (await gateflow.MustAsync("GET", $"/migrations/{id}"))["progress"]!["traffic_on_target"]!.GetValue<double>());
        await gateflow.MustAsync("POST", $"/migrations/{id}/rollback", """{"reason": "second thoughts"}""");
        using var back = await ManagedGateflow.AskAsync(application, "a");
        Assert.Equal(ManagedGateflow.Source, back.Headers.GetValues("x-gateflow-model").Single());
    }

    [Fact]
    public async Task Scheduled_AtItsHour_StartsByItself()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var gateflow = await ManagedGateflow.StartAsync(services: s => s.AddSingleton<TimeProvider>(clock));
        var controller = gateflow.Host.Get<RolloutController>();
        var at = clock.GetUtcNow().AddHours(1);
        var id = await gateflow.DraftAsync($$"""{"strategy": "scheduled", "execute_at": "{{at:O}}", "rollback_threshold": {}, "min_samples": 0}""");

        Assert.Equal("scheduled", ManagedGateflow.Text(await gateflow.MustAsync("POST", $"/migrations/{id}/execute"), "status"));
        clock.Advance(TimeSpan.FromMinutes(59));
        await controller.RunOnceAsync(TestContext.Current.CancellationToken);
        Assert.Equal("scheduled", await StatusAsync(gateflow, id));

        clock.Advance(TimeSpan.FromMinutes(1));
        await Wait.UntilAsync(async () =>
        {
            await controller.RunOnceAsync(TestContext.Current.CancellationToken);
            return await StatusAsync(gateflow, id) == "completed";
        });

        var events = (await gateflow.MustAsync("GET", $"/migrations/{id}/events"))["data"]!.AsArray();
        var started = events.Single(e => e!["type"]!.GetValue<string>() == "started")!;
        Assert.Equal("gateflow", ManagedGateflow.Text(started, "actor"));
        Assert.True(started["at"]!.GetValue<DateTimeOffset>() >= at.AddMilliseconds(-1));
    }

    // The controller reads, judges and then moves: what a person did in between stands.
    [Fact]
    public async Task Pause_BetweenTheControllersLookAndItsMove_Holds()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        var (controller, transitions) = (gateflow.Host.Get<RolloutController>(), gateflow.Host.Get<Transitions>());
        var id = await gateflow.DraftAsync("""{"strategy": "instant", "soak_minutes": 60, "rollback_threshold": {}, "min_samples": 0}""");
        var pausing = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = 1;
        controller.Judged += judged =>
        {
            if (judged == id && Interlocked.Exchange(ref first, 0) == 1)
            {
                var paused = transitions.ApplyAsync(id, m => m.Pause("Ada", TimeProvider.System.GetUtcNow(), "wait"), CancellationToken.None).GetAwaiter().GetResult();
                pausing.SetResult(paused.IsOk);
            }
        };

        await gateflow.MustAsync("POST", $"/migrations/{id}/execute");
        Assert.True(await pausing.Task.WaitAsync(Wait.Limit, TestContext.Current.CancellationToken));
        await controller.RunOnceAsync(TestContext.Current.CancellationToken);

        Assert.Equal("paused", await StatusAsync(gateflow, id));
    }

    [Fact]
    public async Task Execute_OverlappingScope_NamesTheOther()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        var first = await gateflow.DraftAsync("""{"scope": {"features": ["chatbot"]}}""");
        var apart = await gateflow.DraftAsync("""{"scope": {"features": ["search"]}}""", target: "claude-3-5-sonnet");
        var over = await gateflow.DraftAsync(target: "claude-3-5-sonnet");
        await gateflow.MustAsync("POST", $"/migrations/{first}/execute");
        await gateflow.MustAsync("POST", $"/migrations/{apart}/execute");

        var (status, body) = await gateflow.CallAsync("POST", $"/migrations/{over}/execute");

        Assert.Equal((HttpStatusCode.Conflict, "overlapping_migration"), (status, ManagedGateflow.Text(body["error"]!, "code")));
        Assert.Contains("mig_", ManagedGateflow.Text(body["error"]!, "message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Execute_OfMoreThanACompletedOneMoved_WhatItMovedStaysMoved()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        using var application = await gateflow.ApplicationAsync();
        var part = await gateflow.DraftAsync("""{"strategy": "instant", "min_samples": 0, "soak_minutes": 0, "rollback_threshold": {}, "scope": {"features": ["chatbot"]}}""");
        await gateflow.MustAsync("POST", $"/migrations/{part}/execute");
        await UntilAsync(gateflow, part, "completed");

        var all = await gateflow.DraftAsync(target: "claude-3-5-sonnet");
        await gateflow.MustAsync("POST", $"/migrations/{all}/execute");

        for (var i = 0; i < 20; i++)
        {
            using var answer = await ManagedGateflow.AskAsync(application, $"user {i}");
            Assert.Equal((ManagedGateflow.Target, part), (answer.Headers.GetValues("x-gateflow-model").Single(), answer.Headers.GetValues("x-gateflow-migration").Single()));
        }
    }

    [Fact]
    public async Task PromoteAndRollback_AtTheSameMoment_RollbackIsInForce()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        for (var round = 0; round < 20; round++)
        {
            var id = await gateflow.DraftAsync();
            await gateflow.MustAsync("POST", $"/migrations/{id}/execute");

            var answers = await Task.WhenAll(
                gateflow.CallAsync("POST", $"/migrations/{id}/promote"),
                gateflow.CallAsync("POST", $"/migrations/{id}/rollback", """{"reason": "race"}"""));

            Assert.Equal(HttpStatusCode.OK, answers[1].Status);
            Assert.True(answers[0].Status is HttpStatusCode.OK or HttpStatusCode.Conflict);
            Assert.Equal("rolled_back", await StatusAsync(gateflow, id));
            Assert.DoesNotContain(gateflow.Host.Get<Gateflow.Core.Routing.Routes>().Current.Migrations.Values.SelectMany(r => r), r => r.MigrationId == id);
        }
    }

    [Fact]
    public async Task Restart_InMidStep_KeepsTheEvidence()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        var data = Directory.CreateTempSubdirectory("gateflow-restart-").FullName;
        Dictionary<string, string?> settings = new()
        {
            ["Gateflow:Providers:sim:Type"] = "OpenAICompatible",
            ["Gateflow:Providers:sim:BaseUrl"] = gateflow.Simulator.BaseUrl.ToString(),
            ["Gateflow:Providers:sim:Models:0"] = ManagedGateflow.Source,
            ["Gateflow:Providers:sim:Models:1"] = ManagedGateflow.Target,
        };
        var (judgeBefore, splitBefore) = (0L, default(Core.Rollout.GuardrailReading));
        string id, key;
        await using (var host = await Composition.GateflowHost.StartAsync(settings, data))
        {
            using var content = new StringContent($$"""{"source_model": "{{ManagedGateflow.Source}}", "target_model": "{{ManagedGateflow.Target}}"}""");
            using var created = await host.Client.PostAsync(new Uri("/v1/management/migrations", UriKind.Relative), content, TestContext.Current.CancellationToken);
            id = ManagedGateflow.Text(JsonNode.Parse(await created.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!, "migration_id");
            using var executed = await host.Client.PostAsync(new Uri($"/v1/management/migrations/{id}/execute", UriKind.Relative), null, TestContext.Current.CancellationToken);
            using var named = new StringContent("""{"name": "app"}""");
            using var made = await host.Client.PostAsync(new Uri("/v1/management/api-keys", UriKind.Relative), named, TestContext.Current.CancellationToken);
            key = ManagedGateflow.Text(JsonNode.Parse(await made.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!, "key");
            using var application = host.CreateClient(key);
            for (var i = 0; i < 60; i++)
            {
                using var answer = await ManagedGateflow.AskAsync(application, $"user {i}");
            }

            var judged = host.Get<Gateflow.Core.Rollout.Judge>().Read(id)!;
            (judgeBefore, splitBefore) = (judged.Sequence, judged.Split);
        }

        await using (var again = await Composition.GateflowHost.StartAsync(settings, data))
        {
            Assert.Equal(60, judgeBefore);
            Assert.Equal(60, splitBefore!.Samples);
            var judged = again.Get<Gateflow.Core.Rollout.Judge>().Read(id)!;
            Assert.Equal((judgeBefore, splitBefore), (judged.Sequence, judged.Split));
        }

        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(data, recursive: true);
    }

    /// <summary>Asks until the routes know that the migration has ended, a moment after the database does; the source answers all the while.</summary>
    private static Task LeftAsync(HttpClient application) => Wait.UntilAsync(async () =>
    {
        using var answer = await ManagedGateflow.AskAsync(application, "after");
        Assert.Equal(ManagedGateflow.Source, answer.Headers.GetValues("x-gateflow-model").Single());
        return !answer.Headers.Contains("x-gateflow-migration");
    });

    private static async Task<string> StatusAsync(ManagedGateflow gateflow, string id) =>
        ManagedGateflow.Text(await gateflow.MustAsync("GET", $"/migrations/{id}"), "status");

    /// <summary>Waits for the status by the feed's signals.</summary>
    private static async Task UntilAsync(ManagedGateflow gateflow, string id, string status)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var watching = gateflow.Host.Get<MigrationFeed>().Subscribe(id, async _ =>
        {
            if (await StatusAsync(gateflow, id) == status)
            {
                reached.TrySetResult();
            }
        });
        if (await StatusAsync(gateflow, id) != status)
        {
            await reached.Task.WaitAsync(Wait.Limit, TestContext.Current.CancellationToken);
        }
    }
}

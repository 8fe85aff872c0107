using System.Text;
using System.Text.Json;
using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Gateflow.Tests.Usage;

public sealed class RecorderWriterTests : RecorderTests
{
    [Fact]
    public async Task RunOnce_TwoTurnsOfOneHour_AddToTheSameRows()
    {
        var writer = CreateWriter();
        Record(3, migration: "mig_1");

        Assert.Equal(3, await TurnAsync(writer));
        Record(4, migration: "mig_1");
        Assert.Equal(4, await TurnAsync(writer));

        var rollup = Assert.Single(await Database.ListAsync<UsageRollup>());
        Assert.Equal((7, 700, "node-1", false), (rollup.Requests, rollup.InputTokens, rollup.Node, rollup.Demo));
        Assert.Equal(7, LatencyHistogram.Unpack(rollup.LatencyHistogram).Count);
        var windows = await Database.ListAsync<ArmWindow>();
        Assert.Equal([0, 10, 300, 3600], windows.Select(w => w.Seconds).Order());
        Assert.All(windows, w => Assert.Equal((7, Arm.Target, 25.0), (w.Requests, w.Arm, w.Weight)));
        Assert.Equal(7, (await Database.ListAsync<RequestRow>()).Count);
    }

    [Fact]
    public async Task RunOnce_FirstBatchOfAMigrationCrossesAWindow_StoresBoth()
    {
        var crossing = new DateTimeOffset(2026, 11, 2, 9, 30, 9, TimeSpan.Zero);
        for (var second = 0; second < 3; second++)
        {
            Recorder.TryRecord(Requests.Create(at: crossing.AddSeconds(second), migration: "mig_1", arm: Arm.Target));
        }

        Assert.Equal(3, await TurnAsync(CreateWriter()));

        var windows = await Database.ListAsync<ArmWindow>();
        Assert.Equal([(0, 3L), (10, 1L), (10, 2L), (300, 3L), (3600, 3L)], windows.Select(w => (w.Seconds, w.Requests)).Order());
    }

    [Fact]
    public async Task RunOnce_AfterARestart_ContinuesTheHour()
    {
        Record(3, migration: "mig_1");
        await TurnAsync(CreateWriter());
        Record(2, migration: "mig_1");

        await TurnAsync(CreateWriter());

        Assert.Equal(5, Assert.Single(await Database.ListAsync<UsageRollup>()).Requests);
        Assert.All(await Database.ListAsync<ArmWindow>(), w => Assert.Equal(5, w.Requests));
    }

    [Fact]
    public async Task RunOnce_DemoKey_LabelsItsUsage()
    {
        Recorder.TryRecord(Requests.Create(key: "key_demo"));
        Recorder.TryRecord(Requests.Create());

        await TurnAsync(CreateWriter());

        Assert.All(await Database.ListAsync<UsageRollup>(), r => Assert.Equal(r.KeyId == "key_demo", r.Demo));
        Assert.All(await Database.ListAsync<RequestRow>(), r => Assert.Equal(r.KeyId == "key_demo", r.Demo));
    }

    [Fact]
    public async Task RunOnce_DemoClearedMeanwhile_DropsWhatIsLeftOfIt()
    {
        var writer = CreateWriter();
        Recorder.TryRecord(Requests.Create(key: "key_demo"));
        await TurnAsync(writer);
        Table = new RouteTable();
        Recorder.TryRecord(Requests.Create(key: "key_demo", body: "late"));
        Recorder.TryRecord(Requests.Create());

        await TurnAsync(writer);

        Assert.Equal([("key_a", 1L), ("key_demo", 1L)], (await Database.ListAsync<UsageRollup>()).Select(r => (r.KeyId, r.Requests)).Order());
        Assert.Equal(2, (await Database.ListAsync<RequestRow>()).Count);
        Assert.Empty(await Database.ListAsync<Sample>());
    }

    [Fact]
    public async Task Fold_BeforeTheTurn_IsStoredWithItOnce()
    {
        var writer = CreateWriter();
        Record(3, migration: "mig_1");
        await writer.FoldAsync(Token);
        Assert.Equal((3, 0), (writer.Waiting, Recorder.Waiting));
        Record(2, migration: "mig_1");

        Assert.Equal(5, await TurnAsync(writer));

        Assert.Equal(5, Assert.Single(await Database.ListAsync<UsageRollup>()).Requests);
        Assert.Equal(5, (await Database.ListAsync<RequestRow>()).Count);
        Assert.Equal(0, writer.Waiting);
    }

    [Fact]
    public async Task Fold_NothingRecorded_WaitsUntilSomethingIs()
    {
        var writer = CreateWriter();
        var folding = writer.FoldAsync(Token);
        Assert.False(folding.IsCompleted);

        Record(1);

        await folding.WaitAsync(TimeSpan.FromSeconds(10), Token);
        Assert.Equal(1, writer.Waiting);
    }

    [Fact]
    public async Task RunOnce_DemoClearedSinceTheFold_DropsWhatWasFoldedOfIt()
    {
        var writer = CreateWriter();
        Recorder.TryRecord(Requests.Create(key: "key_demo", migration: "mig_demo", arm: Arm.Target, body: "late"));
        Recorder.TryRecord(Requests.Create());
        await writer.FoldAsync(Token);
        Table = new RouteTable();

        await TurnAsync(writer);

        Assert.Equal("key_a", Assert.Single(await Database.ListAsync<UsageRollup>()).KeyId);
        Assert.Equal("key_a", Assert.Single(await Database.ListAsync<RequestRow>()).KeyId);
        Assert.Empty(await Database.ListAsync<ArmWindow>());
        Assert.Empty(await Database.ListAsync<Sample>());
    }

    [Fact]
    public async Task RunOnce_MigrationNoLongerRouted_WritesWeightZero()
    {
        Record(1, migration: "mig_1");
        Table = Requests.Table();

        await TurnAsync(CreateWriter());

        Assert.Equal([0.0, 0.0, 0.0, 0.0], (await Database.ListAsync<ArmWindow>()).Select(w => w.Weight));
    }

    [Fact]
    public async Task RunOnce_CommitWhoseAnswerWasLost_IsNotStoredTwice()
    {
        var writer = CreateWriter();
        Record(5, migration: "mig_1");
        Database.LoseNextAnswer();

        Assert.Equal(0, await TurnAsync(writer));
        await TurnAsync(writer);

        Assert.Equal(5, Assert.Single(await Database.ListAsync<UsageRollup>()).Requests);
        Assert.All(await Database.ListAsync<ArmWindow>(), w => Assert.Equal(5, w.Requests));
        Assert.Equal(5, (await Database.ListAsync<RequestRow>()).Count);
    }

    [Fact]
    public async Task Stop_RequestsWaiting_StoresAll()
    {
        Record(2_500);

        await CreateWriter().StopAsync(Token);

        Assert.Equal(2_500, Assert.Single(await Database.ListAsync<UsageRollup>()).Requests);
        Assert.Empty(SpoolFiles());
    }

    [Fact]
    public async Task RunOnce_JudgedMigration_StoresTheStateThatARestartContinues()
    {
        var config = new JudgeConfig { RollbackThreshold = new RollbackThreshold { ErrorRate = 0.05 } };
        Judge.Arm("mig_1", config);
        Judge.BeginStep("mig_1", 0, 25);
        var writer = CreateWriter();
        Fold(3);

        await TurnAsync(writer);
        Fold(4);
        await TurnAsync(writer);
        await TurnAsync(writer);

        var row = Assert.Single(await Database.ListAsync<EvidenceRow>());
        Assert.Equal((7, "node-1"), (row.Sequence, row.Node));
        var restored = new MigrationJudge(config, JsonSerializer.Deserialize<JudgeState>(row.State, JsonColumn.Options)!);
        Assert.Equal(7, restored.StepTargetOutcomes);
    }

    [Fact]
    public async Task RunOnce_StoredStateIsGone_StoresItAgain()
    {
        Judge.Arm("mig_1", new JudgeConfig { RollbackThreshold = new RollbackThreshold { ErrorRate = 0.05 } });
        Judge.BeginStep("mig_1", 0, 25);
        var writer = CreateWriter();
        Fold(3);
        Record(1, migration: "mig_1");
        await TurnAsync(writer);
        Assert.Equal(3, Assert.Single(await Database.ListAsync<EvidenceRow>()).Sequence);
        await using (var db = Database.CreateDbContext())
        {
            await db.Evidence.ExecuteDeleteAsync(Token);
        }

        Fold(4);
        Record(1, migration: "mig_1");
        await TurnAsync(writer);
        await TurnAsync(writer);

        Assert.Equal(7, Assert.Single(await Database.ListAsync<EvidenceRow>()).Sequence);
        Assert.Equal(2, Assert.Single(await Database.ListAsync<UsageRollup>()).Requests);
    }

    [Fact]
    public async Task RunOnce_MigrationTraffic_SaysWhoseWindowsWereWritten()
    {
        var writer = CreateWriter();
        var written = new List<string>();
        writer.Written += ids => written.Add(string.Join(',', ids));
        Record(2);
        await TurnAsync(writer);
        Record(2, migration: "mig_1");

        await TurnAsync(writer);

        Assert.Equal(["mig_1"], written);
    }

    [Fact]
    public async Task RunOnce_SameBodyTwice_KeepsOneSampleEncrypted()
    {
        var writer = CreateWriter();
        Record(2, body: "hello");
        await TurnAsync(writer);
        Record(1, body: "hello");
        Record(1, body: "another");

        await TurnAsync(writer);

        var samples = await Database.ListAsync<Sample>();
        Assert.Equal(["another", "hello"], samples.Select(s => Plain(s.Request)).Order());
        Assert.All(samples, s => Assert.DoesNotContain("hello", Encoding.UTF8.GetString(s.Request), StringComparison.Ordinal));
    }

    [Fact]
    public async Task RunOnce_MoreSamplesThanAllowed_ThinsToTheLimit()
    {
        var writer = CreateWriter(samples: new SampleOptions { MaxPerModel = 40 });
        for (var i = 0; i < 120; i++)
        {
            Recorder.TryRecord(Requests.Create(at: Requests.Start.AddMinutes(i), body: $"prompt {i}"));
        }

        await TurnAsync(writer);

        var hours = (await Database.ListAsync<Sample>()).GroupBy(s => s.At.Hour).Select(g => g.Count()).ToList();
        Assert.Equal(40, hours.Sum());
        Assert.All(hours, count => Assert.InRange(count, 13, 14));
    }

    private void Fold(int count)
    {
        for (var i = 0; i < count; i++)
        {
            Judge.Fold("mig_1", new ArmOutcome { Arm = Arm.Target, Kind = OutcomeKind.Success, Unit = (ulong)i, AtTicks = Clock.GetUtcNow().UtcTicks, LatencyMs = 100, Quality = double.NaN });
        }
    }
}

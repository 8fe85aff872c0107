using System.Text;
using System.Text.Json;
using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Gateflow.Tests.Usage;

public sealed class RecorderWriterTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(Requests.Start);
    private readonly Recorder _recorder = new();
    private readonly Judge _judge = new();
    private readonly List<RecorderWriter> _writers = [];
    private UsageDatabase _database = null!;
    private RouteTable _table = Requests.Table("mig_1", 25);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await UsageDatabase.CreateAsync();

    public ValueTask DisposeAsync()
    {
        _writers.ForEach(w => w.Dispose());
        _database.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task RunOnce_TwoTurnsOfOneHour_AddToTheSameRows()
    {
        var writer = CreateWriter();
        Record(3, migration: "mig_1");

        Assert.Equal(3, await TurnAsync(writer));
        Record(4, migration: "mig_1");
        Assert.Equal(4, await TurnAsync(writer));

        var rollup = Assert.Single(await _database.ListAsync<UsageRollup>());
        Assert.Equal((7, 700, "node-1", false), (rollup.Requests, rollup.InputTokens, rollup.Node, rollup.Demo));
        Assert.Equal(7, LatencyHistogram.Unpack(rollup.LatencyHistogram).Count);
        var windows = await _database.ListAsync<ArmWindow>();
        Assert.Equal([0, 10, 300, 3600], windows.Select(w => w.Seconds).Order());
        Assert.All(windows, w => Assert.Equal((7, Arm.Target, 25.0), (w.Requests, w.Arm, w.Weight)));
        Assert.Equal(7, (await _database.ListAsync<RequestRow>()).Count);
    }

    [Fact]
    public async Task RunOnce_FirstBatchOfAMigrationCrossesAWindow_StoresBoth()
    {
        var crossing = new DateTimeOffset(2026, 11, 2, 9, 30, 9, TimeSpan.Zero);
        for (var second = 0; second < 3; second++)
        {
            _recorder.TryRecord(Requests.Create(at: crossing.AddSeconds(second), migration: "mig_1", arm: Arm.Target));
        }

        Assert.Equal(3, await TurnAsync(CreateWriter()));

        var windows = await _database.ListAsync<ArmWindow>();
        Assert.Equal([(0, 3L), (10, 1L), (10, 2L), (300, 3L), (3600, 3L)], windows.Select(w => (w.Seconds, w.Requests)).Order());
    }

    [Fact]
    public async Task RunOnce_BatchThatCannotBeStored_IsSetAsideAndTheRestStored()
    {
        using var database = await UsageDatabase.CreateAsync(new RefusesModel("refused-model"));
        var writer = CreateWriter(database);
        _recorder.TryRecord(Requests.Create(model: "refused-model"));
        Assert.Equal(0, await TurnAsync(writer));
        Record(2);
        for (var turn = 0; turn < 3; turn++)
        {
            Assert.Equal(0, await TurnAsync(writer));
        }

        Assert.Equal(2, await TurnAsync(writer));

        Assert.Equal(2, Assert.Single(await database.ListAsync<UsageRollup>()).Requests);
        var file = Assert.Single(Directory.GetFiles(Path.Combine(database.Folder, "spool"), "*", SearchOption.AllDirectories));
        Assert.EndsWith(".json.refused", file, StringComparison.Ordinal);
        Assert.False(writer.IsAway);
    }

    [Fact]
    public async Task RunOnce_AfterARestart_ContinuesTheHour()
    {
        Record(3, migration: "mig_1");
        await TurnAsync(CreateWriter());
        Record(2, migration: "mig_1");

        await TurnAsync(CreateWriter());

        Assert.Equal(5, Assert.Single(await _database.ListAsync<UsageRollup>()).Requests);
        Assert.All(await _database.ListAsync<ArmWindow>(), w => Assert.Equal(5, w.Requests));
    }

    [Fact]
    public async Task RunOnce_DemoKey_LabelsItsUsage()
    {
        _recorder.TryRecord(Requests.Create(key: "key_demo"));
        _recorder.TryRecord(Requests.Create());

        await TurnAsync(CreateWriter());

        Assert.All(await _database.ListAsync<UsageRollup>(), r => Assert.Equal(r.KeyId == "key_demo", r.Demo));
        Assert.All(await _database.ListAsync<RequestRow>(), r => Assert.Equal(r.KeyId == "key_demo", r.Demo));
    }

    [Fact]
    public async Task RunOnce_DemoClearedMeanwhile_DropsWhatIsLeftOfIt()
    {
        var writer = CreateWriter();
        _recorder.TryRecord(Requests.Create(key: "key_demo"));
        await TurnAsync(writer);
        _table = new RouteTable();
        _recorder.TryRecord(Requests.Create(key: "key_demo", body: "late"));
        _recorder.TryRecord(Requests.Create());

        await TurnAsync(writer);

        Assert.Equal([("key_a", 1L), ("key_demo", 1L)], (await _database.ListAsync<UsageRollup>()).Select(r => (r.KeyId, r.Requests)).Order());
        Assert.Equal(2, (await _database.ListAsync<RequestRow>()).Count);
        Assert.Empty(await _database.ListAsync<Sample>());
    }

    [Fact]
    public async Task RunOnce_MigrationNoLongerRouted_WritesWeightZero()
    {
        Record(1, migration: "mig_1");
        _table = Requests.Table();

        await TurnAsync(CreateWriter());

        Assert.Equal([0.0, 0.0, 0.0, 0.0], (await _database.ListAsync<ArmWindow>()).Select(w => w.Weight));
    }

    [Fact]
    public async Task RunOnce_DatabaseAwayForAWhile_StoresEachRequestOnce()
    {
        var writer = CreateWriter();
        Record(3);
        await TurnAsync(writer);
        _database.IsAway = true;
        Record(4);

        Assert.Equal(0, await TurnAsync(writer));
        Assert.Equal(4, writer.Waiting);
        _database.IsAway = false;
        Record(1);

        Assert.Equal(5, await TurnAsync(writer));
        Assert.Equal(8, Assert.Single(await _database.ListAsync<UsageRollup>()).Requests);
        Assert.Equal(0, writer.Waiting);
    }

    [Fact]
    public async Task RunOnce_DatabaseAwayForLong_SpoolsAndAnotherStartStoresEachOnce()
    {
        _database.IsAway = true;
        var writer = CreateWriter(spoolAbove: 10);
        Record(8);
        await TurnAsync(writer);
        Assert.Empty(SpoolFiles());
        Record(8, body: "secret prompt");

        await TurnAsync(writer);

        Assert.Equal((2, 0), (SpoolFiles().Length, writer.Waiting));
        Assert.All(SpoolFiles(), file => Assert.DoesNotContain(Convert.ToBase64String("secret prompt"u8), File.ReadAllText(file), StringComparison.Ordinal));
        _database.IsAway = false;
        Record(1);
        Assert.Equal(17, await TurnAsync(CreateWriter()));
        Assert.Equal(17, Assert.Single(await _database.ListAsync<UsageRollup>()).Requests);
        Assert.Equal("secret prompt", Plain(Assert.Single(await _database.ListAsync<Sample>()).Request));
        Assert.Empty(SpoolFiles());
    }

    [Fact]
    public async Task RunOnce_CommitWhoseAnswerWasLost_IsNotStoredTwice()
    {
        var writer = CreateWriter();
        Record(5, migration: "mig_1");
        _database.LoseNextAnswer();

        Assert.Equal(0, await TurnAsync(writer));
        await TurnAsync(writer);

        Assert.Equal(5, Assert.Single(await _database.ListAsync<UsageRollup>()).Requests);
        Assert.All(await _database.ListAsync<ArmWindow>(), w => Assert.Equal(5, w.Requests));
        Assert.Equal(5, (await _database.ListAsync<RequestRow>()).Count);
    }

    [Fact]
    public async Task RunOnce_KilledBetweenCommitAndDeletingTheSpool_IsNotStoredTwice()
    {
        _database.IsAway = true;
        var writer = CreateWriter();
        Record(5);
        await writer.StopAsync(Token);
        var file = Assert.Single(SpoolFiles());
        var content = await File.ReadAllBytesAsync(file, Token);
        _database.IsAway = false;
        await TurnAsync(CreateWriter());
        await File.WriteAllBytesAsync(file, content, Token);

        await TurnAsync(CreateWriter());

        Assert.Equal(5, Assert.Single(await _database.ListAsync<UsageRollup>()).Requests);
        Assert.Empty(SpoolFiles());
    }

    [Fact]
    public async Task RunOnce_DamagedSpoolFile_IsSetAsideAndTheRestStored()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_database.Folder, "spool", "node-1"));
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "000000000001-x.json"), "{\"id\": ", Token);
        Record(2);

        Assert.Equal(2, await TurnAsync(CreateWriter()));

        Assert.Equal("000000000001-x.json.damaged", Path.GetFileName(Assert.Single(Directory.GetFiles(folder.FullName))));
    }

    [Fact]
    public async Task Stop_RequestsWaiting_StoresAll()
    {
        Record(2_500);

        await CreateWriter().StopAsync(Token);

        Assert.Equal(2_500, Assert.Single(await _database.ListAsync<UsageRollup>()).Requests);
        Assert.Empty(SpoolFiles());
    }

    [Fact]
    public async Task Stop_DatabaseAway_LeavesAllOnDisk()
    {
        _database.IsAway = true;
        Record(2_500);

        await CreateWriter().StopAsync(Token);

        _database.IsAway = false;
        Assert.Equal(2_500, await TurnAsync(CreateWriter()));
        Assert.Equal(2_500, Assert.Single(await _database.ListAsync<UsageRollup>()).Requests);
    }

    [Fact]
    public async Task RunOnce_JudgedMigration_StoresTheStateThatARestartContinues()
    {
        var config = new JudgeConfig { RollbackThreshold = new RollbackThreshold { ErrorRate = 0.05 } };
        _judge.Arm("mig_1", config);
        _judge.BeginStep("mig_1", 0, 25);
        var writer = CreateWriter();
        Fold(3);

        await TurnAsync(writer);
        Fold(4);
        await TurnAsync(writer);
        await TurnAsync(writer);

        var row = Assert.Single(await _database.ListAsync<EvidenceRow>());
        Assert.Equal((7, "node-1"), (row.Sequence, row.Node));
        var restored = new MigrationJudge(config, JsonSerializer.Deserialize<JudgeState>(row.State, JsonColumn.Options)!);
        Assert.Equal(7, restored.StepTargetOutcomes);
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

        var samples = await _database.ListAsync<Sample>();
        Assert.Equal(["another", "hello"], samples.Select(s => Plain(s.Request)).Order());
        Assert.All(samples, s => Assert.DoesNotContain("hello", Encoding.UTF8.GetString(s.Request), StringComparison.Ordinal));
    }

    [Fact]
    public async Task RunOnce_MoreSamplesThanAllowed_ThinsToTheLimit()
    {
        var writer = CreateWriter(samples: new SampleOptions { MaxPerModel = 40 });
        for (var i = 0; i < 120; i++)
        {
            _recorder.TryRecord(Requests.Create(at: Requests.Start.AddMinutes(i), body: $"prompt {i}"));
        }

        await TurnAsync(writer);

        var hours = (await _database.ListAsync<Sample>()).GroupBy(s => s.At.Hour).Select(g => g.Count()).ToList();
        Assert.Equal(40, hours.Sum());
        Assert.All(hours, count => Assert.InRange(count, 13, 14));
    }

    private RecorderWriter CreateWriter(int spoolAbove = 5_000, SampleOptions? samples = null) => CreateWriter(_database, spoolAbove, samples);

    private RecorderWriter CreateWriter(UsageDatabase database, int spoolAbove = 5_000, SampleOptions? samples = null)
    {
        var writer = new RecorderWriter(
            _recorder, database, () => Requests.Catalog, () => _table, _judge, new FlippingProtector(), new SamplePolicy(samples ?? new SampleOptions()),
            new RecorderOptions { Node = "node-1", DataDirectory = database.Folder, SpoolAbove = spoolAbove }, _clock, NullLogger<RecorderWriter>.Instance);
        _writers.Add(writer);
        return writer;
    }

    private Task<int> TurnAsync(RecorderWriter writer)
    {
        _clock.Advance(TimeSpan.FromSeconds(1));
        return writer.RunOnceAsync(Token);
    }

    private void Record(int count, string? migration = null, string? body = null)
    {
        for (var i = 0; i < count; i++)
        {
            Assert.True(_recorder.TryRecord(Requests.Create(migration: migration, arm: migration is null ? Arm.None : Arm.Target, latency: 500, body: body)));
        }
    }

    private void Fold(int count)
    {
        for (var i = 0; i < count; i++)
        {
            _judge.Fold("mig_1", new ArmOutcome { Arm = Arm.Target, Kind = OutcomeKind.Success, Unit = (ulong)i, AtTicks = _clock.GetUtcNow().UtcTicks, LatencyMs = 100, Quality = double.NaN });
        }
    }

    private string[] SpoolFiles() => Directory.Exists(Path.Combine(_database.Folder, "spool"))
        ? Directory.GetFiles(Path.Combine(_database.Folder, "spool"), "*", SearchOption.AllDirectories)
        : [];

    private static string Plain(byte[] secret) => Encoding.UTF8.GetString(new FlippingProtector().Unprotect(secret));

    /// <summary>Fails, as a fault of the program would, whenever usage of one model is to be stored.</summary>
    private sealed class RefusesModel(string model) : SaveChangesInterceptor
    {
        public override ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default) =>
            eventData.Context!.ChangeTracker.Entries<UsageRollup>().Any(e => e.Entity.Model == model) ? throw new InvalidOperationException("A fault.") : ValueTask.FromResult(result);
    }
}

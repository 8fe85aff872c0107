using System.Text;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Core.Usage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Gateflow.Tests.Usage;

/// <summary>A recorder over a database of its own, for the tests of its writer.</summary>
public abstract class RecorderTests : IAsyncLifetime
{
    private readonly List<RecorderWriter> _writers = [];
    private readonly LoggerFactory _logs;

    protected RecorderTests() => _logs = new LoggerFactory([Log]);

    /// <summary>What writers log.</summary>
    private protected RecordedLog Log { get; } = new();

    private protected FakeTimeProvider Clock { get; } = new(Requests.Start);

    private protected Recorder Recorder { get; } = new();

    private protected Judge Judge { get; } = new();

    private protected UsageDatabase Database { get; private set; } = null!;

    /// <summary>The routes in force.</summary>
    private protected RouteTable Table { get; set; } = Requests.Table("mig_1", 25);

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => Database = await UsageDatabase.CreateAsync();

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _writers.ForEach(w => w.Dispose());
        Database.Dispose();
        _logs.Dispose();
        return ValueTask.CompletedTask;
    }

    private protected RecorderWriter CreateWriter(SampleOptions? samples = null, int batchRows = 1_000) => CreateWriter(Database, samples, batchRows);

    private protected RecorderWriter CreateWriter(UsageDatabase database, SampleOptions? samples = null, int batchRows = 1_000)
    {
        var writer = new RecorderWriter(
            Recorder, database, () => Table, Judge, new FlippingProtector(), new SamplePolicy(samples ?? new SampleOptions()),
            new RecorderOptions { Node = "node-1", DataDirectory = database.Folder, BatchRows = batchRows }, Clock, _logs.CreateLogger<RecorderWriter>());
        _writers.Add(writer);
        return writer;
    }

    private protected Task<int> TurnAsync(RecorderWriter writer)
    {
        Clock.Advance(TimeSpan.FromSeconds(1));
        return writer.RunOnceAsync(Token);
    }

    private protected void Record(int count, string? migration = null, string? body = null)
    {
        for (var i = 0; i < count; i++)
        {
            Assert.True(Recorder.TryRecord(Requests.Create(migration: migration, arm: migration is null ? Arm.None : Arm.Target, latency: 500, body: body)));
        }
    }

    private protected string[] SpoolFiles() => Directory.Exists(Path.Combine(Database.Folder, "spool"))
        ? Directory.GetFiles(Path.Combine(Database.Folder, "spool"), "*.json", SearchOption.AllDirectories)
        : [];

    private protected static string Plain(byte[] secret) => Encoding.UTF8.GetString(new FlippingProtector().Unprotect(secret));
}

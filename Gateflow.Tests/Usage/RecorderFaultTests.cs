using Gateflow.Core.Usage;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Gateflow.Tests.Usage;

/// <summary>What becomes of usage when a file of the spool is damaged, the database refuses it for good, or the disk is full.</summary>
public sealed class RecorderFaultTests : RecorderTests
{
    [Fact]
    public async Task RunOnce_DamagedSpoolFile_IsSetAsideAndTheRestStored()
    {
        var folder = Directory.CreateDirectory(Path.Combine(Database.Folder, "spool", "node-1"));
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "000000000001-x.json"), "{\"id\": ", Token);
        Record(2);

        Assert.Equal(2, await TurnAsync(CreateWriter()));

        Assert.Equal("000000000001-x.json.damaged", Path.GetFileName(Assert.Single(Directory.GetFiles(folder.FullName))));
    }

    [Fact]
    public async Task RunOnce_SpooledByAnotherVersion_IsSetAsideAndTheRestStored()
    {
        Database.IsAway = true;
        Record(3);
        await TurnAsync(CreateWriter());
        var file = Assert.Single(SpoolFiles());
        var text = await File.ReadAllTextAsync(file, Token);
        const string Histogram = "\"latencyHistogram\":\"";
        Assert.Contains(Histogram, text, StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, text.Replace(Histogram, Histogram + Convert.ToBase64String([99, 1, 1]), StringComparison.Ordinal), Token);
        Database.IsAway = false;
        Record(2);

        Assert.Equal(2, await TurnAsync(CreateWriter()));

        Assert.True(File.Exists(file + ".damaged"));
    }

    [Fact]
    public async Task RunOnce_BatchThatCannotBeStored_IsSetAsideAndTheRestStored()
    {
        using var database = await UsageDatabase.CreateAsync(new RefusesModel("refused-model"));
        var writer = CreateWriter(database);
        Recorder.TryRecord(Requests.Create(model: "refused-model"));
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
    public async Task RunOnce_NoSpaceForOneTable_WaitsUntilThereIs()
    {
        var full = new RefusesModel("big-model") { Fault = new SqliteException("database or disk is full", 13) };
        using var database = await UsageDatabase.CreateAsync(full);
        var writer = CreateWriter(database);
        Recorder.TryRecord(Requests.Create(model: "big-model"));
        for (var turn = 0; turn < 10; turn++)
        {
            Assert.Equal(0, await TurnAsync(writer));
        }

        full.Fault = null;

        Assert.Equal(1, await TurnAsync(writer));
        Assert.Equal("big-model", Assert.Single(await database.ListAsync<UsageRollup>()).Model);
    }

    [Fact]
    public async Task Stop_DatabaseAwayAndDiskRefuses_SaysHowMuchIsLost()
    {
        await File.WriteAllTextAsync(Path.Combine(Database.Folder, "spool"), "no folder", Token);
        Database.IsAway = true;
        var writer = CreateWriter();
        Record(3);
        await TurnAsync(writer);
        Record(4);

        await writer.StopAsync(Token);

        Assert.Single(Log.Lines, l => l.StartsWith("The program stops while neither the database nor the spool takes usage: that of 7 requests is lost", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RunOnce_DiskRefusesToo_KeepsAllInMemoryUntilTheDatabaseIsBack()
    {
        await File.WriteAllTextAsync(Path.Combine(Database.Folder, "spool"), "no folder", Token);
        Database.IsAway = true;
        var writer = CreateWriter();
        Record(3);

        Assert.Equal(0, await TurnAsync(writer));
        Record(4);
        Assert.Equal(0, await TurnAsync(writer));
        Assert.Equal(7, writer.Waiting);
        Database.IsAway = false;

        Assert.Equal(7, await TurnAsync(writer));
        Assert.Equal(7, Assert.Single(await Database.ListAsync<UsageRollup>()).Requests);
        Assert.Equal(0, writer.Waiting);
    }

    [Fact]
    public async Task RunOnce_TooMuchWaitsInMemory_LeavesTheRestInTheBoundedQueue()
    {
        await File.WriteAllTextAsync(Path.Combine(Database.Folder, "spool"), "no folder", Token);
        Database.IsAway = true;
        var writer = CreateWriter(batchRows: 1);
        Record(100);
        await TurnAsync(writer);
        Record(5);

        await TurnAsync(writer);

        Assert.Equal((100, 5), (writer.Waiting, Recorder.Waiting));
        Database.IsAway = false;
        Assert.Equal(100, await TurnAsync(writer));
        Assert.Equal(5, await TurnAsync(writer));
        Assert.Equal(105, Assert.Single(await Database.ListAsync<UsageRollup>()).Requests);
    }

    /// <summary>Fails, as a fault of the program would, whenever usage of one model is to be stored.</summary>
    private sealed class RefusesModel(string model) : SaveChangesInterceptor
    {
        public Exception? Fault { get; set; } = new InvalidOperationException("A fault.");

        public override ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default) =>
            Fault is not null && eventData.Context!.ChangeTracker.Entries<UsageRollup>().Any(e => e.Entity.Model == model) ? throw Fault : ValueTask.FromResult(result);
    }
}

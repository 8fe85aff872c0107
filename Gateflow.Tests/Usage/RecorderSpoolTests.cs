using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Core.Catalog;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Core.Usage;

namespace Gateflow.Tests.Usage;

/// <summary>What becomes of usage while the database is away.</summary>
public sealed class RecorderSpoolTests : RecorderTests
{
    [Fact]
    public async Task RunOnce_DatabaseAwayForAWhile_StoresEachRequestOnce()
    {
        var writer = CreateWriter();
        Record(3);
        await TurnAsync(writer);
        Database.IsAway = true;
        Record(4);

        Assert.Equal(0, await TurnAsync(writer));
        Assert.Equal((0, 1), (writer.Waiting, SpoolFiles().Length));
        Database.IsAway = false;
        Record(1);

        Assert.Equal(5, await TurnAsync(writer));
        Assert.Equal(8, Assert.Single(await Database.ListAsync<UsageRollup>()).Requests);
        Assert.Equal(0, writer.Waiting);
    }

    [Fact]
    public async Task RunOnce_DatabaseAway_SpoolsAndAnotherStartStoresEachOnce()
    {
        Database.IsAway = true;
        var writer = CreateWriter();
        Record(8);
        await TurnAsync(writer);
        Record(8, body: "secret prompt");

        await TurnAsync(writer);

        Assert.Equal((2, 0), (SpoolFiles().Length, writer.Waiting));
        Assert.All(SpoolFiles(), file => Assert.DoesNotContain(Convert.ToBase64String("secret prompt"u8), File.ReadAllText(file), StringComparison.Ordinal));
        Database.IsAway = false;
        Record(1);
        Assert.Equal(17, await TurnAsync(CreateWriter()));
        Assert.Equal(17, Assert.Single(await Database.ListAsync<UsageRollup>()).Requests);
        Assert.Equal("secret prompt", Plain(Assert.Single(await Database.ListAsync<Sample>()).Request));
        Assert.Empty(SpoolFiles());
    }

    [Fact]
    public async Task RunOnce_SpoolOfAnotherName_IsToldOnceAndLeftAlone()
    {
        var left = Directory.CreateDirectory(Path.Combine(Database.Folder, "spool", "node-0")).FullName;
        await File.WriteAllTextAsync(Path.Combine(left, "000000000001-a.json"), "{}", Token);
        Directory.CreateDirectory(Path.Combine(Database.Folder, "spool", "node-2"));
        var writer = CreateWriter();

        await TurnAsync(writer);
        await TurnAsync(writer);

        Assert.Contains("node-0", Assert.Single(Log.Lines, line => line.Contains("waits in the spool", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(left, "000000000001-a.json")));
    }

    [Fact]
    public async Task RunOnce_KilledBetweenCommitAndDeletingTheSpool_IsNotStoredTwice()
    {
        Database.IsAway = true;
        var writer = CreateWriter();
        Record(5);
        await writer.StopAsync(Token);
        var file = Assert.Single(SpoolFiles());
        var content = await File.ReadAllBytesAsync(file, Token);
        Database.IsAway = false;
        await TurnAsync(CreateWriter());
        await File.WriteAllBytesAsync(file, content, Token);

        await TurnAsync(CreateWriter());

        Assert.Equal(5, Assert.Single(await Database.ListAsync<UsageRollup>()).Requests);
        Assert.Empty(SpoolFiles());
    }

    [Fact]
    public async Task Stop_DatabaseAway_LeavesAllOnDisk()
    {
        Database.IsAway = true;
        Record(2_500);

        await CreateWriter().StopAsync(Token);

        Database.IsAway = false;
        Assert.Equal(2_500, await TurnAsync(CreateWriter()));
        Assert.Equal(2_500, Assert.Single(await Database.ListAsync<UsageRollup>()).Requests);
    }

    [Fact]
    public void Oldest_ManyWait_ListsTheFolderOnceAndAgainWhenNoneIsLeft()
    {
        var folder = Directory.CreateTempSubdirectory("gateflow-spool-");
        var spool = new RecorderSpool(folder.FullName, new FlippingProtector(), new SamplePolicy(new SampleOptions()));
        string[] files = [.. Enumerable.Range(1, 4).Select(n => Path.Combine(folder.FullName, $"00000000000{n}-x.json"))];
        files[1..].ToList().ForEach(file => File.WriteAllText(file, "{}"));
        Assert.Equal(files[1], spool.Oldest());

        File.WriteAllText(files[0], "{}");
        File.Delete(files[2]);
        Assert.Equal(files[1], spool.Oldest());
        File.Delete(files[1]);
        Assert.Equal(files[3], spool.Oldest()); // what somebody took away is passed over
        var next = spool.Append(new UsageBatch { Id = Guid.CreateVersion7(), Requests = 0, Rollups = [], Users = [], Windows = [], Rows = [], Samples = [] });
        Assert.StartsWith("000000000005-", Path.GetFileName(next), StringComparison.Ordinal);
        File.Delete(files[3]);
        Assert.Equal(next, spool.Oldest());
        File.Delete(next);

        Assert.Equal(files[0], spool.Oldest());
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task RunOnce_ByWayOfTheSpool_StoresWhatIsStoredWithoutIt()
    {
        using var other = await UsageDatabase.CreateAsync();
        RequestRecord[] records =
        [
            .. Enum.GetValues<OutcomeKind>().Select((outcome, i) => Requests.Create(
                outcome: outcome, migration: "mig_1", arm: i % 2 == 0 ? Arm.Target : Arm.Source, latency: 90 + i, quality: 0.25, temperature: 0.5f + i, user: $"user {i}")),
            Requests.Create(at: Requests.Start.AddHours(2), input: 90_000, cached: 10, output: 77, capabilities: Capabilities.Chat | Capabilities.Vision, estimated: true, user: "ann"),
            Requests.Create(served: "house-model-7b", feature: null, fallback: "timeout", user: "ann"),
            Requests.Create(key: "key_demo", user: "nobody", body: "a demo's prompt"),
            Requests.Create(body: "a prompt"),
        ];
        Database.IsAway = true;
        Array.ForEach(records, r => Recorder.TryRecord(r));
        await TurnAsync(CreateWriter());
        Assert.Single(SpoolFiles());
        Database.IsAway = false;

        Assert.Equal(records.Length, await TurnAsync(CreateWriter()));
        Array.ForEach(records, r => Recorder.TryRecord(r));
        Assert.Equal(records.Length, await TurnAsync(CreateWriter(other)));

        Assert.Equal(await TextAsync<UsageRollup>(other), await TextAsync<UsageRollup>(Database));
        Assert.Equal(await TextAsync<UsageDay>(other), await TextAsync<UsageDay>(Database));
        Assert.Equal(await TextAsync<ArmWindow>(other), await TextAsync<ArmWindow>(Database));
        Assert.Equal(await TextAsync<RequestRow>(other), await TextAsync<RequestRow>(Database));
        Assert.Equal(["a demo's prompt", "a prompt"], (await Database.ListAsync<Sample>()).Select(s => Plain(s.Request)).Order());
    }

    [Fact]
    public async Task RunOnce_DatabaseThatDoesNotAnswer_IsWaitedForWhileAllGoesToDisk()
    {
        var writer = CreateWriter();
        Record(3);
        Database.Answers.Reset();
        var turn = Task.Run(() => TurnAsync(writer), Token);
        await Wait.UntilAsync(() => SpoolFiles().Length == 1, meanwhile: Pass);
        Record(4);
        await Wait.UntilAsync(() => SpoolFiles().Length == 2, meanwhile: Pass);
        Assert.False(turn.IsCompleted);
        var killed = SpoolFiles().Order().Select(file => (file, File.ReadAllBytes(file))).ToList();

        Database.Answers.Set();
        Assert.InRange(await turn, 3, 7);
        await TurnAsync(writer);

        Assert.Equal(7, Assert.Single(await Database.ListAsync<UsageRollup>()).Requests);
        Assert.Empty(SpoolFiles());
        using var restored = await UsageDatabase.CreateAsync(); // where the program was killed while it waited
        Directory.CreateDirectory(Path.Combine(restored.Folder, "spool", "node-1"));
        killed.ForEach(x => File.WriteAllBytes(Path.Combine(restored.Folder, "spool", "node-1", Path.GetFileName(x.file)), x.Item2));
        Assert.Equal(7, await TurnAsync(CreateWriter(restored)));
        Assert.Equal(7, Assert.Single(await restored.ListAsync<UsageRollup>()).Requests);

        void Pass() => Clock.Advance(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task RunOnce_CommitInDoubtWithMoreBehindIt_IsNotStoredTwice()
    {
        var writer = CreateWriter(batchRows: 2);
        Record(6);
        Database.LoseNextAnswer();
        Assert.Equal(0, await TurnAsync(writer));
        Assert.Equal(3, SpoolFiles().Length);
        Record(2);

        await TurnAsync(CreateWriter());

        Assert.Equal(8, Assert.Single(await Database.ListAsync<UsageRollup>()).Requests);
        Assert.Equal(8, (await Database.ListAsync<RequestRow>()).Count);
    }

    /// <summary>All columns of all rows but those that a database gives.</summary>
    private static async Task<string> TextAsync<TRow>(UsageDatabase database)
        where TRow : class
    {
        var rows = (await database.ListAsync<TRow>()).Select(row => JsonSerializer.SerializeToNode(row)!.AsObject()).ToList();
        rows.ForEach(row => _ = row["Id"] is JsonValue id && id.GetValueKind() == JsonValueKind.Number && row.Remove("Id"));
        return string.Join('\n', rows.Select(row => row.ToJsonString()).Order(StringComparer.Ordinal));
    }
}

using Gateflow.Core.Quality;
using Gateflow.Core.Rollout;
using Gateflow.Core.Usage;
using Microsoft.Extensions.Time.Testing;

namespace Gateflow.Tests.Usage;

public sealed class RetentionTests
{
    [Fact]
    public async Task RunOnce_OldAndNewRows_DeletesOnlyTheOld()
    {
        using var database = await UsageDatabase.CreateAsync();
        var now = Requests.Start;
        await database.AddAsync([.. Enumerable.Range(0, 1_200).Select(i => Row(now.AddDays(-31).AddSeconds(i))), Row(now.AddDays(-29)), Row(now)]);
        await database.AddAsync(Window(now.AddDays(-91)), Window(now.AddDays(-89)), Window(now.AddDays(-91), WindowKey.FiveMinutes), Window(now.AddDays(-91), WindowKey.Hour), Window(now.AddDays(-91), WindowKey.Life));
        await database.AddAsync(Sample("smp_1", now.AddDays(-8)), Sample("smp_2", now.AddDays(-6)));
        var retention = new Retention(database, new SamplePolicy(new SampleOptions { RetentionDays = 7 }), new FakeTimeProvider(now));

        Assert.Equal(1_203, await retention.RunOnceAsync(TestContext.Current.CancellationToken));

        Assert.Equal(2, (await database.ListAsync<RequestRow>()).Count);
        Assert.Equal(
            [(WindowKey.Life, 91), (WindowKey.Fine, 89), (WindowKey.Hour, 91)],
            (await database.ListAsync<ArmWindow>()).OrderBy(w => w.Seconds).Select(w => (w.Seconds, (now - w.At).Days)));
        Assert.Equal("smp_2", Assert.Single(await database.ListAsync<Sample>()).Id);
        Assert.Equal(0, await retention.RunOnceAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task RunOnce_UsageByUserAndFeedback_GoAndTheTotalsStay()
    {
        using var database = await UsageDatabase.CreateAsync();
        var now = Requests.Start;
        await database.AddAsync(Day(now.AddDays(-91), ""), Day(now.AddDays(-91), "ada"), Day(now.AddDays(-89), "ada"));
        await database.AddAsync(Feedback("req_1", now.AddDays(-31)), Feedback("req_2", now.AddDays(-29)));

        await new Retention(database, new SamplePolicy(new SampleOptions()), new FakeTimeProvider(now)).RunOnceAsync(TestContext.Current.CancellationToken);

        Assert.Equal([("", 91), ("ada", 89)], (await database.ListAsync<UsageDay>()).OrderBy(d => d.Day).Select(d => (d.User, (now - d.Day).Days)));
        Assert.Equal("req_2", Assert.Single(await database.ListAsync<Feedback>()).RequestId);
    }

    private static UsageDay Day(DateTimeOffset day, string user) => new() { Day = day, Node = "n", Model = "gpt-4", ServedModel = "", Feature = "", KeyId = "", User = user };

    private static Feedback Feedback(string request, DateTimeOffset at) => new() { RequestId = request, At = at, KeyId = "key_1", Score = 1 };

    private static RequestRow Row(DateTimeOffset at) => RequestLog.Row(Requests.Create(at: at), 1, demo: false);

    private static ArmWindow Window(DateTimeOffset at, int seconds = WindowKey.Fine) =>
        new() { At = at, Node = "n", MigrationId = "mig_1", Arm = Arm.Source, Seconds = seconds };

    private static Sample Sample(string id, DateTimeOffset at) => new()
    {
        Id = id, At = at, Model = "gpt-4", ServedModel = "gpt-4", BodyHash = [1], QuestionHash = System.Text.Encoding.UTF8.GetBytes(id), Request = [1],
    };
}

using Gateflow.Core.Rollout;
using Gateflow.Core.Usage;
using Microsoft.Extensions.Time.Testing;

namespace Gateflow.Tests.Usage;

public sealed class LogChoiceTests
{
    private readonly FakeTimeProvider _clock = new(Requests.Start);
    private readonly LogChoice _choice;

    public LogChoiceTests() => _choice = new LogChoice(_clock);

    [Fact]
    public void Rates_RoomForAll_LogsAllAtRateOne() => Assert.All(_choice.Rates(Plain(40)), rate => Assert.Equal(1, rate));

    [Fact]
    public void Rates_MorePlainThanRoom_LogsAnEvenShareAndSaysWhich()
    {
        var rates = _choice.Rates(Plain(2_000));

        Assert.Equal(500, rates.Count(r => r > 0));
        Assert.All(rates.Where(r => r > 0), rate => Assert.Equal(0.25, rate));
        Assert.All(rates.Chunk(4), four => Assert.Single(four, r => r > 0));
    }

    [Theory]
    [InlineData(20, 40)]
    [InlineData(400, 40)]
    [InlineData(900, 15)]
    public void Rates_SecondOfManyShortTurns_LogsWhatASecondHasRoomForAndEachRowStandsForItsLike(int perTurn, int turns)
    {
        Use(LogChoice.PerSecond);
        var (rows, stoodFor) = (0, 0.0);
        for (var turn = 0; turn < turns; turn++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1.0 / turns));
            var rates = _choice.Rates(Plain(perTurn));
            rows += rates.Count(r => r > 0);
            stoodFor += rates.Where(r => r > 0).Sum(r => 1 / r);
        }

        Assert.InRange(rows, LogChoice.PerSecond - 1, LogChoice.PerSecond);
        Assert.Equal(perTurn * turns, stoodFor, 1e-6);
    }

    [Fact]
    public void Rates_BurstAfterAQuietSecond_IsLoggedWhole()
    {
        Use(LogChoice.PerSecond);
        _clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(500, _choice.Rates(Plain(500)).Count(r => r == 1));
    }

    [Fact]
    public void Rates_RefusedByALimitOfTheKey_ShareTheRoomOfPlainOnes()
    {
        var rates = _choice.Rates([.. Enumerable.Range(0, 2_000).Select(_ => Requests.Create(outcome: OutcomeKind.Refused, served: null))]);

        Assert.Equal(500, rates.Count(r => r > 0));
    }

    [Fact]
    public void Rates_NotableRequests_AreAllLoggedAndOneOfTheRestWhateverTheRoom()
    {
        Use(LogChoice.PerSecond);
        RequestRecord[] records =
        [
            Requests.Create(), Requests.Create(outcome: OutcomeKind.SourceFailure), Requests.Create(), Requests.Create(outcome: OutcomeKind.TargetFailure, migration: "mig_1", arm: Arm.Target),
            Requests.Create(fallback: "timeout"), Requests.Create(),
        ];

        Assert.Equal([0, 1, 0, 1, 1, 1.0 / 3], _choice.Rates(records));
    }

    [Fact]
    public void Rates_AnsweredRequestsOfAMigration_HaveRoomOfTheirOwn()
    {
        RequestRecord[] records = [.. Enumerable.Range(0, 10_000).Select(i => i % 2 == 0 ? Requests.Create() : Requests.Create(migration: "mig_1", arm: Arm.Source))];

        var rates = _choice.Rates(records);

        Assert.Equal((500, 500), (rates.Where((r, i) => i % 2 == 0 && r > 0).Count(), rates.Where((r, i) => i % 2 == 1 && r > 0).Count()));
        Assert.All(rates.Where(r => r > 0), rate => Assert.Equal(0.1, rate));
    }

    [Fact]
    public void Rates_Nothing_IsEmpty() => Assert.Empty(_choice.Rates([]));

    private void Use(int room) => _choice.Rates(Plain(room));

    private static RequestRecord[] Plain(int count) => [.. Enumerable.Range(0, count).Select(_ => Requests.Create())];
}

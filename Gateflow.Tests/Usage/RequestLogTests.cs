using Gateflow.Core.Rollout;
using Gateflow.Core.Usage;

namespace Gateflow.Tests.Usage;

public sealed class RequestLogTests
{
    [Fact]
    public void Rates_RoomForAll_LogsAllAtRateOne()
    {
        var rates = RequestLog.Rates([.. Enumerable.Range(0, 40).Select(_ => Requests.Create())], 500);

        Assert.All(rates, rate => Assert.Equal(1, rate));
    }

    [Fact]
    public void Rates_MorePlainThanRoom_LogsAnEvenShareAndSaysWhich()
    {
        var rates = RequestLog.Rates([.. Enumerable.Range(0, 2_000).Select(_ => Requests.Create())], 500);

        Assert.Equal(500, rates.Count(r => r > 0));
        Assert.All(rates.Where(r => r > 0), rate => Assert.Equal(0.25, rate));
        Assert.All(rates.Chunk(4), four => Assert.Single(four, r => r > 0));
    }

    [Fact]
    public void Rates_RefusedByALimitOfTheKey_ShareTheRoomOfPlainOnes()
    {
        var rates = RequestLog.Rates([.. Enumerable.Range(0, 2_000).Select(_ => Requests.Create(outcome: OutcomeKind.Refused, served: null))], 500);

        Assert.Equal(500, rates.Count(r => r > 0));
    }

    [Fact]
    public void Rates_NotableRequests_AreAllLoggedWhateverTheRoom()
    {
        RequestRecord[] records =
        [
            Requests.Create(), Requests.Create(outcome: OutcomeKind.SourceFailure), Requests.Create(), Requests.Create(outcome: OutcomeKind.TargetFailure, migration: "mig_1", arm: Arm.Target),
            Requests.Create(fallback: "timeout"), Requests.Create(),
        ];

        Assert.Equal([0, 1, 0, 1, 1, 1.0 / 3], RequestLog.Rates(records, 0));
    }

    [Fact]
    public void Rates_AnsweredRequestsOfAMigration_HaveRoomOfTheirOwn()
    {
        RequestRecord[] records = [.. Enumerable.Range(0, 2_000).Select(i => i % 2 == 0 ? Requests.Create() : Requests.Create(migration: "mig_1", arm: Arm.Source))];

        var rates = RequestLog.Rates(records, 100);

        Assert.Equal((100, 100), (rates.Where((r, i) => i % 2 == 0 && r > 0).Count(), rates.Where((r, i) => i % 2 == 1 && r > 0).Count()));
        Assert.All(rates.Where(r => r > 0), rate => Assert.Equal(0.1, rate));
    }

    [Fact]
    public void Rates_Nothing_IsEmpty() => Assert.Empty(RequestLog.Rates([], 500));

    [Fact]
    public void Row_UnknownNumbersAndPrice_AreNull()
    {
        var row = RequestLog.Row(Requests.Create(served: "house-model-7b"), Requests.Catalog, 0.5, demo: true);

        Assert.Equal((null, null, null), (row.Cost, row.Quality, row.FirstByteMs));
        Assert.Equal((0.5, true), (row.SamplingRate, row.Demo));
    }
}

using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;

namespace Gateflow.Tests.Rollout;

public sealed class TrafficProfileTests
{
    private static readonly DateTimeOffset Monday = new(2026, 11, 30, 0, 0, 0, TimeSpan.Zero);

    /// <summary>200 requests in each hour from 8 to 18 on working days, none else.</summary>
    private static readonly TrafficProfile Office = TrafficProfile.Of(
        [.. Enumerable.Range(0, 168).Select(h => h / 24 < 5 && h % 24 is >= 8 and < 18 ? 200L : 0)], Monday.AddDays(-7), Monday);

    [Fact]
    public void Requests_FollowTheHoursOfTheWeek()
    {
        Assert.Equal(0, Office.Requests(Monday, 8), 6);
        Assert.Equal(300, Office.Requests(Monday.AddHours(8.5), 1.5), 6);
        Assert.Equal(20_000, Office.Requests(Monday.AddHours(3.3), 336), 6);
    }

    /// <summary>Ten days hold some hours of the week twice: an even stream is even all the same.</summary>
    [Fact]
    public void Of_HoursThatCameTwice_CountAsOftenAsTheyCame()
    {
        var (from, to) = (Monday.AddDays(-10), Monday);
        var counts = new long[168];
        for (var at = from; at < to; at = at.AddHours(1))
        {
            counts[((((int)at.DayOfWeek + 6) % 7) * 24) + at.Hour] += 60;
        }

        var profile = TrafficProfile.Of(counts, from, to);

        Assert.All(Enumerable.Range(0, 168), hour => Assert.Equal(60, profile.Requests(Monday.AddHours(hour), 1), 6));
    }

    [Fact]
    public void HoursUntil_WaitsOverTheWeekend()
    {
        Assert.Equal(8.5, Office.HoursUntil(Monday, 100)!.Value, 6);
        Assert.Equal(63, Office.HoursUntil(Monday.AddDays(4).AddHours(17.5), 200)!.Value, 6); // half an hour on Friday, half of one on Monday
        Assert.Equal(106, Office.HoursUntil(Monday.AddHours(8), 10_000)!.Value, 6);
        Assert.Null(TrafficProfile.Even(0).HoursUntil(Monday, 1));
    }

    [Fact]
    public void Of_TooFewRequestsToTellHoursApart_IsEven() =>
        Assert.Equal(5, TrafficProfile.Of([.. Enumerable.Range(0, 168).Select(h => h == 0 ? 100L : 0)], Monday.AddHours(-20), Monday).Requests(Monday.AddHours(50), 1), 6);

    [Fact]
    public void Estimate_StepsWaitForTheirWindow()
    {
        var config = new MigrationConfig
        {
            Strategy = Strategy.Steps, Steps = [new StepConfig(50, 60), new StepConfig(100, 0)], MinSamples = 0, SoakMinutes = 0,
            Windows = [new TimeWindow([DayOfWeek.Tuesday], new TimeOnly(9, 0), new TimeOnly(12, 0), "UTC")],
        };

        var forecast = Forecast.Estimate(config, TrafficProfile.Even(100), Monday.AddHours(10));

        Assert.Equal(23, forecast.Hours!.Value, 6); // Monday 11:00 is over, Tuesday 9:00 is open
        Assert.Equal(1_150, forecast.Steps[0].TargetRequests!.Value, 6);
    }
}

using System.Globalization;
using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;

namespace Gateflow.Tests.Rollout;

public sealed class StepWindowsTests
{
    private static readonly MigrationConfig Weekdays = new()
    {
        Windows = [new TimeWindow([DayOfWeek.Monday, DayOfWeek.Friday], new TimeOnly(9, 0), new TimeOnly(17, 0), "Europe/Berlin")],
    };

    private static readonly MigrationConfig Nights = new() { Windows = [new TimeWindow([DayOfWeek.Friday], new TimeOnly(22, 0), new TimeOnly(4, 0), "UTC")] };

    // 2027-01-04 is a Monday; Berlin is an hour ahead in winter, two in summer.
    [Theory]
    [InlineData("2027-01-04T07:59:59Z", false)]
    [InlineData("2027-01-04T08:00:00Z", true)]
    [InlineData("2027-01-04T15:59:59Z", true)]
    [InlineData("2027-01-04T16:00:00Z", false)]
    [InlineData("2027-01-05T10:00:00Z", false)]
    [InlineData("2027-07-05T07:00:00Z", true)]
    public void IsOpen_WindowOfAZone_ItsOwnClock(string at, bool open) => Assert.Equal(open, StepWindows.IsOpen(Weekdays, At(at)));

    [Theory]
    [InlineData("2027-01-08T21:59:00Z", false)]
    [InlineData("2027-01-08T22:00:00Z", true)]
    [InlineData("2027-01-09T03:59:00Z", true)]
    [InlineData("2027-01-09T04:00:00Z", false)]
    [InlineData("2027-01-08T03:00:00Z", false)]
    public void IsOpen_WindowPastMidnight_BelongsToTheDayItStarts(string at, bool open) => Assert.Equal(open, StepWindows.IsOpen(Nights, At(at)));

    [Fact]
    public void IsOpen_Blackout_WinsOverAWindow()
    {
        var config = Weekdays with { Blackouts = [new Blackout(At("2027-01-04T10:00:00Z"), At("2027-01-04T11:00:00Z"))] };

        Assert.True(StepWindows.IsOpen(config, At("2027-01-04T09:59:00Z")));
        Assert.False(StepWindows.IsOpen(config, At("2027-01-04T10:00:00Z")));
        Assert.True(StepWindows.IsOpen(config, At("2027-01-04T11:00:00Z")));
        Assert.Equal(At("2027-01-04T11:00:00Z"), StepWindows.NextOpening(config, At("2027-01-04T10:30:00Z")));
    }

    [Fact]
    public void NextOpening_BlackoutOfMonths_FirstWindowAfterIt()
    {
        var config = Weekdays with { Blackouts = [new Blackout(At("2027-01-01T00:00:00Z"), At("2027-04-07T12:00:00Z"))] };

        Assert.Equal(At("2027-04-09T07:00:00Z"), StepWindows.NextOpening(config, At("2027-01-04T10:30:00Z")));
        Assert.Equal(At("2027-01-04T10:30:00Z"), StepWindows.NextOpening(new MigrationConfig(), At("2027-01-04T10:30:00Z")));
    }

    // Summer time begins on 2027-03-28 at 02:00 in Berlin: 02:30 does not exist.
    [Fact]
    public void NextOpening_StartInTheHourThatIsSkipped_WhenTheClockIsPutForward()
    {
        var config = new MigrationConfig { Windows = [new TimeWindow([DayOfWeek.Sunday], new TimeOnly(2, 30), new TimeOnly(6, 0), "Europe/Berlin")] };

        Assert.Equal(At("2027-03-28T01:00:00Z"), StepWindows.NextOpening(config, At("2027-03-27T12:00:00Z")));
        Assert.False(StepWindows.IsOpen(config, At("2027-03-28T00:59:59Z")));
        Assert.True(StepWindows.IsOpen(config, At("2027-03-28T01:00:00Z")));
    }

    // The whole window lies in the hour that is skipped: it opens the week after.
    [Fact]
    public void NextOpening_WeekInWhichSummerTimeSkipsTheOnlyWindow_TheWeekAfter()
    {
        var config = new MigrationConfig { Windows = [new TimeWindow([DayOfWeek.Sunday], new TimeOnly(2, 15), new TimeOnly(2, 45), "Europe/Berlin")] };

        Assert.Equal(At("2027-04-04T00:15:00Z"), StepWindows.NextOpening(config, At("2027-03-21T02:00:00Z")));
    }

    // On 2027-10-31 Berlin has 02:30 twice: at 00:30 and at 01:30 UTC.
    [Fact]
    public void NextOpening_StartInTheHourThatComesTwice_TheFirstTime()
    {
        var config = new MigrationConfig { Windows = [new TimeWindow([DayOfWeek.Sunday], new TimeOnly(2, 30), new TimeOnly(6, 0), "Europe/Berlin")] };

        Assert.Equal(At("2027-10-31T00:30:00Z"), StepWindows.NextOpening(config, At("2027-10-30T12:00:00Z")));
        Assert.True(StepWindows.IsOpen(config, At("2027-10-31T00:30:00Z")));
    }

    // Every minute of a year against the windows' own clock: what NextOpening names is the first minute that is open.
    [Theory]
    [InlineData("Europe/Berlin")]
    [InlineData("America/New_York")]
    [InlineData("Australia/Lord_Howe")]
    [InlineData("Asia/Kolkata")]
    public void NextOpening_AnyMomentOfTheYear_FirstOpenMinute(string zone)
    {
        var config = new MigrationConfig
        {
            Windows =
            [
                new TimeWindow([DayOfWeek.Sunday, DayOfWeek.Wednesday], new TimeOnly(2, 15), new TimeOnly(2, 45), zone),
                new TimeWindow([DayOfWeek.Saturday], new TimeOnly(23, 0), new TimeOnly(1, 30), zone),
            ],
            Blackouts = [new Blackout(At("2027-05-01T00:00:00Z"), At("2027-05-20T12:07:00Z"))],
        };
        DateTimeOffset? next = null;
        for (var at = At("2027-12-31T00:00:00Z"); at >= At("2027-01-01T00:00:00Z"); at = at.AddMinutes(-1))
        {
            next = StepWindows.IsOpen(config, at) ? at : next;
            if (next is not null && at.Minute % 7 == 0 && at.Hour % 5 == 0)
            {
                Assert.Equal(next, StepWindows.NextOpening(config, at));
            }
        }
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}

using System.Globalization;
using Bunit;
using Gateflow.Dashboard.Parts;
using Gateflow.Tests.Shell;
using Microsoft.Extensions.DependencyInjection;
using Radzen;
using Radzen.Blazor;

namespace Gateflow.Tests.Parts;

public sealed class PartsTests : DashboardTestContext
{
    [Fact]
    public void CurlCommand_QuoteInBody_IsEscapedForTheShell() => Assert.Equal(
        """
        curl -X POST 'http://localhost:5080/v1/management/migrations/mig_1/rollback' \
          -H "Authorization: Bearer $GATEFLOW_KEY" \
          -H 'Content-Type: application/json' \
          -d '{"reason":"it'\''s time"}'
        """.ReplaceLineEndings("\n"),
        CurlCommand.Of("http://localhost:5080/", "POST", "/v1/management/migrations/mig_1/rollback", """{"reason":"it's time"}"""));

    [Fact]
    public void CurlCommand_Get_IsPlain() => Assert.Equal(
        "curl 'http://h/v1/models' \\\n  -H \"Authorization: Bearer $GATEFLOW_KEY\"", CurlCommand.Of("http://h", "GET", "/v1/models", null));

    [Theory]
    [InlineData(23, "retires in 23 days", "tone-watch")]
    [InlineData(14, "retires in 14 days", "tone-breach")]
    [InlineData(1, "retires tomorrow", "tone-breach")]
    [InlineData(0, "retires today", "tone-breach")]
    [InlineData(-1, "retired 1 day ago", "tone-breach")]
    [InlineData(91, "retires in 91 days", "tone-neutral")]
    public void DeadlineChip_Days_SayUrgency(int days, string text, string tone)
    {
        var chip = Render<DeadlineChip>(p => p.Add(x => x.On, DateOnly.FromDateTime(Now.UtcDateTime).AddDays(days))).Find(".badge");

        Assert.Equal(text, chip.TextContent.Replace('\u00a0', ' '));
        Assert.Contains(tone, chip.ClassList);
    }

    [Fact]
    public void RelativeTime_Past_ShowsWordsAndUtc()
    {
        var time = Render<RelativeTime>(p => p.Add(x => x.At, Now.AddMinutes(-38))).Find("time");

        Assert.Equal("38 min ago", time.TextContent.Replace('\u00a0', ' '));
        Assert.Equal("2026-11-24 11:22:00 UTC", time.GetAttribute("title"));
    }

    [Fact]
    public void StepRail_Steps_SayStateInWordsAndMarkTheCurrent()
    {
        var rail = Render<StepRail>(p => p.Add(x => x.Current, 1).Add(x => x.Steps,
        [
            new StepRailItem("Usage analysis", StepState.Done, "15,420 requests", "/a"),
            new StepRailItem("Compatibility", StepState.Attention, null, "/b"),
            new StepRailItem("Test", StepState.Todo),
        ]));

        var steps = rail.FindAll(".step");
        Assert.Equal(["A", "SPAN", "SPAN"], steps.Select(s => s.TagName));
        Assert.Equal("step", steps[1].GetAttribute("aria-current"));
        Assert.Contains("needs attention", steps[1].TextContent, StringComparison.Ordinal);
        Assert.Contains("15,420 requests", steps[0].TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EventTimeline_MoreThanShown_OpensOnDemand()
    {
        var timeline = Render<EventTimeline>(p => p.Add(x => x.Shown, 2).Add(x => x.Entries,
            [.. Enumerable.Range(0, 5).Select(i => new TimelineEntry { Key = $"{i}", Look = new("Paused", "pause", Tone.Paused), Who = "gateflow", At = Now })]));

        Assert.Equal(2, timeline.FindAll("li").Count);
        await ClickAsync(timeline.Find("button"));

        Assert.Equal(5, timeline.FindAll("li").Count);
        Assert.Empty(timeline.FindAll("button"));
    }

    [Fact]
    public void EventTimeline_Nothing_SaysSo() =>
        Assert.Contains("Nothing has happened yet.", Render<EventTimeline>(p => p.Add(x => x.Entries, [])).Markup, StringComparison.Ordinal);

    [Fact]
    public void ProgressSplit_NoTraffic_ShowsNoObservedBar()
    {
        var split = Render<ProgressSplit>(p => p.Add(x => x.Planned, 30).Add(x => x.Observed, null));

        Assert.Empty(split.FindAll(".fill"));
        Assert.Contains("no traffic yet", split.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void HeatMap_WrongSize_SaysThereIsNothing() =>
        Assert.Contains("No request in the period.", Render<HeatMap>(p => p.Add(x => x.Values, [1, 2])).Markup, StringComparison.Ordinal);

    [Fact]
    public void HeatMap_Week_NamesTheBusiestHourInTheZone()
    {
        var week = new long[168];
        week[13] = 300;

        var map = Render<HeatMap>(p => p.Add(x => x.Values, week).Add(x => x.Ahead, TimeSpan.FromHours(1)).Add(x => x.Zone, "Europe/Berlin"));

        Assert.Contains("Busiest Mon 14:00", map.Find("figcaption").TextContent, StringComparison.Ordinal);
        Assert.Equal(168, map.FindAll(".cell").Count);
    }

    [Theory]
    [InlineData("05:30:00", "Mon 18:30")]
    [InlineData("05:45:00", "Mon 18:45")]
    [InlineData("-03:30:00", "Mon 09:30")]
    public void HeatMap_ZoneBetweenTheHours_NamesWhenItsHoursReallyBegin(string ahead, string busiest)
    {
        var week = new long[168];
        week[13] = 300;

        var map = Render<HeatMap>(p => p.Add(x => x.Values, week).Add(x => x.Ahead, TimeSpan.Parse(ahead, CultureInfo.InvariantCulture)));

        Assert.Contains($"Busiest {busiest} (", map.Find("figcaption").TextContent, StringComparison.Ordinal);
        Assert.Contains(map.FindAll(".cell"), c => c.GetAttribute("title") == $"{busiest}: 300\u00a0requests");
        Assert.Equal($"06:{busiest[^2..]}", map.FindAll(".hour")[6].TextContent);
    }

    [Fact]
    public void ScoreRing_UnknownPart_IsNamedUnknown()
    {
        var ring = Render<ScoreRing>(p => p.Add(x => x.Score, 87).Add(x => x.Parts, [new ScorePart("Speed", null, 10), new ScorePart("Cost", 0.8, 20)]));

        Assert.Contains("unknown, of 10", ring.Markup, StringComparison.Ordinal);
        Assert.Contains("16 of 20", ring.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Sparkline_Gap_LiftsThePen()
    {
        var line = Render<Sparkline>(p => p.Add(x => x.Label, "Requests").Add(x => x.Values, [1, 2, null, 2, 1]));

        Assert.Equal(2, line.Find("path").GetAttribute("d")!.Count(c => c == 'M'));
    }

    [Fact]
    public async Task Confirm_RequiredReasonMissing_StaysOpenAndSaysWhy()
    {
        var dialogs = Services.GetRequiredService<DialogService>();
        var host = Render<RadzenDialog>();
        var answer = await host.InvokeAsync(() => Task.FromResult(dialogs.ConfirmAsync(Request())));

        await SubmitAsync(host.Find("form"));
        Assert.Contains("Say why", host.Find(".fault").TextContent, StringComparison.Ordinal);
        Assert.False(answer.IsCompleted);

        await InputAsync(host.Find("textarea"), "  errors at night ");
        await SubmitAsync(host.Find("form"));

        Assert.Equal("errors at night", (await answer)?.Reason);
    }

    [Fact]
    public async Task Confirm_Cancelled_AnswersNull()
    {
        var dialogs = Services.GetRequiredService<DialogService>();
        var host = Render<RadzenDialog>();
        var answer = await host.InvokeAsync(() => Task.FromResult(dialogs.ConfirmAsync(Request())));

        await ClickAsync(host.Find("button.btn:not(.danger)"));

        Assert.Null(await answer);
    }

    private static ConfirmRequest Request() => new()
    {
        Title = "Roll back to gpt-4", Consequence = "All traffic returns to gpt-4.", Verb = "Roll back", Danger = true, ReasonLabel = "Reason", ReasonRequired = true,
    };
}

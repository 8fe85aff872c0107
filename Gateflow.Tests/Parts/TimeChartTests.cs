using System.Text.Json;
using Bunit;
using Gateflow.Dashboard.Parts;
using Gateflow.Tests.Shell;

namespace Gateflow.Tests.Parts;

public sealed class TimeChartTests : DashboardTestContext
{
    private readonly BunitJSModuleInterop module;
    private readonly BunitJSModuleInterop chart;

    public TimeChartTests()
    {
        module = JSInterop.SetupModule("./js/time-chart.js");
        chart = module.SetupModule("create", _ => true);
        chart.Mode = JSRuntimeMode.Loose;
    }

    [Fact]
    public void Render_First_CreatesOnceAndSendsAllPoints()
    {
        Chart(Line("gpt-4", 1, 2, 3));

        module.VerifyInvoke("create");
        Assert.Equal([(0, 0, 3)], Sent(0));
    }

    [Fact]
    public void Render_NewPoint_SendsOnlyThatPoint()
    {
        var cut = Chart(Line("gpt-4", 1, 2, 3));

        cut.Render(p => p.Add(x => x.Series, [Line("gpt-4", 1, 2, 3, 4)]));

        module.VerifyInvoke("create");
        Assert.Equal([(0, 3, 1)], Sent(1));
    }

    [Fact]
    public void Render_TheBrowserMissedAnUpdate_SendsAllPointsAgain()
    {
        chart.Setup<string?>("update", i => ((string)i.Arguments[0]!).StartsWith("{\"number\":3,", StringComparison.Ordinal)).SetResult("all");
        var cut = Chart(Line("gpt-4", 1, 2, 3));

        cut.Render(p => p.Add(x => x.Series, [Line("gpt-4", 1, 2, 3, 4)]));
        cut.Render(p => p.Add(x => x.Series, [Line("gpt-4", 1, 2, 3, 4, 5)]));

        Assert.Equal([(0, 4, 1)], Sent(2));
        Assert.Equal([(0, 0, 5)], Sent(3));
        cut.Render(p => p.Add(x => x.Series, [Line("gpt-4", 1, 2, 3, 4, 5, 6)]));
        Assert.Equal([(0, 5, 1)], Sent(4));
    }

    [Fact]
    public void Render_NothingNew_SendsNothing()
    {
        var cut = Chart(Line("gpt-4", 1, 2, 3));

        cut.Render(p => p.Add(x => x.Series, [Line("gpt-4", 1, 2, 3)]));

        Assert.Single(chart.Invocations["update"]);
    }

    [Fact]
    public void Render_NewMark_IsSentWithoutPoints()
    {
        var cut = Chart(Line("gpt-4", 1, 2, 3));

        cut.Render(p => p.Add(x => x.Marks, [new ChartMark(Now, "rolled back", Tone.RolledBack)]));

        Assert.Equal([(0, 3, 0)], Sent(1));
        Assert.Contains("rolled back", (string)chart.Invocations["update"][1].Arguments[0]!, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_NoPoint_SaysSo()
    {
        var cut = Chart(Line("gpt-4"));

        Assert.Equal("No requests in this window.", cut.Find(".empty").TextContent);
        Assert.Contains("No requests in this window.", cut.Find(".sr-only").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_Points_SpeaksLatestValues()
    {
        var cut = Chart(Line("gpt-4", 0.01, 0.02), Line("gpt-4o", 0.05));

        Assert.Equal("Error rate: gpt-4 2 %, gpt-4o 5 %.", cut.Find("p.sr-only").TextContent.Replace('\u00a0', ' '));
    }

    [Fact]
    public async Task Dispose_Chart_DestroysIt()
    {
        Chart(Line("gpt-4", 1));

        await DisposeComponentsAsync();

        chart.VerifyInvoke("destroy");
    }

    [Fact]
    public void Render_TheSameLinesAgain_AreNotDrawnAnew()
    {
        ChartSeries[] lines = [Line("gpt-4", 1, 2, 3)];
        var cut = Chart(lines);
        cut.Render(p => p.Add(x => x.Series, lines)); // a first render is not asked for
        var before = cut.RenderCount;

        cut.Render(p => p.Add(x => x.Series, lines));

        Assert.Equal(before, cut.RenderCount);
    }

    [Fact]
    public void Delta_WindowSlides_DropsKeepsAndAdds()
    {
        var delta = SeriesDelta.Between(Line("x", 1, 2, 3, 4).Points, [.. Line("x", 1, 2, 3, 4, 5).Points.Skip(2)]);

        Assert.Equal((2, 2, 1), (delta.Drop, delta.Keep, delta.Add.Count));
    }

    [Fact]
    public void Delta_LastBucketGrew_ReplacesIt()
    {
        var delta = SeriesDelta.Between(Line("x", 1, 2, 3).Points, Line("x", 1, 2, 9).Points);

        Assert.Equal((0, 2, 1), (delta.Drop, delta.Keep, delta.Add.Count));
    }

    [Fact]
    public void Delta_RandomHistories_RebuildThePresent()
    {
        var random = new Random(3);
        IReadOnlyList<ChartPoint> held = [];
        for (var turn = 0; turn < 500; turn++)
        {
            var start = random.Next(0, 20);
            ChartPoint[] present = [.. Enumerable.Range(start, random.Next(0, 20)).Select(i => new ChartPoint(Now.AddSeconds(i), random.Next(3) == 0 ? null : i % 3))];

            var delta = SeriesDelta.Between(held, present);
            held = [.. held.Skip(delta.Drop).Take(delta.Keep), .. delta.Add];

            Assert.Equal(present, held);
        }
    }

    private static ChartSeries Line(string name, params double[] values) => new()
    {
        Name = name, Tone = Tone.Source, Points = [.. values.Select((v, i) => new ChartPoint(Now.AddSeconds(10 * i), v))],
    };

    private IRenderedComponent<TimeChart> Chart(params ChartSeries[] series) => Render<TimeChart>(p => p
        .Add(x => x.Title, "Error rate").Add(x => x.Unit, ChartUnit.Share).Add(x => x.Series, series));

    private List<(int Drop, int Keep, int Add)> Sent(int push)
    {
        using var json = JsonDocument.Parse((string)chart.Invocations["update"][push].Arguments[0]!);
        return [.. json.RootElement.GetProperty("series").EnumerateArray()
            .Select(s => (s.GetProperty("drop").GetInt32(), s.GetProperty("keep").GetInt32(), s.GetProperty("add").GetArrayLength()))];
    }
}

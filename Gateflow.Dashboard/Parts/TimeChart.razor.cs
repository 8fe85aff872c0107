using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Gateflow.Dashboard.Parts;

/// <summary>
/// Lines over time, drawn in the browser. The chart is made once; each later render sends only what changed, so that two updates a
/// second neither flicker nor fill the circuit; a browser that missed one says so and gets all. Charts of one <see cref="Group"/> share their cursor.
/// </summary>
public sealed partial class TimeChart(IJSRuntime browser) : IAsyncDisposable
{
    private readonly Dictionary<string, IReadOnlyList<ChartPoint>> held = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource leave = new();
    private ElementReference host;
    private IJSObjectReference? module;
    private IJSObjectReference? chart;
    private object? frame;
    private long pushes;
    private Drawing? drawn;
    private bool gone;

    [Parameter, EditorRequired]
    public string Title { get; set; } = "";

    [Parameter, EditorRequired]
    public IReadOnlyList<ChartSeries> Series { get; set; } = [];

    [Parameter, EditorRequired]
    public ChartUnit Unit { get; set; }

    [Parameter]
    public IReadOnlyList<ChartThreshold> Thresholds { get; set; } = [];

    [Parameter]
    public IReadOnlyList<ChartMark> Marks { get; set; } = [];

    /// <summary>The window; null follows the points.</summary>
    [Parameter]
    public DateTimeOffset? From { get; set; }

    [Parameter]
    public DateTimeOffset? To { get; set; }

    /// <summary>Charts with the same name show their cursor at the same moment.</summary>
    [Parameter]
    public string? Group { get; set; }

    /// <summary>Pixels.</summary>
    [Parameter]
    public int Height { get; set; } = 200;

    /// <summary>Least value on the axis; 0 by default, null follows the points.</summary>
    [Parameter]
    public double? Min { get; set; } = 0;

    /// <summary>Largest value on the axis; null follows the points and thresholds.</summary>
    [Parameter]
    public double? Max { get; set; }

    [Parameter]
    public bool ShowLegend { get; set; } = true;

    [Parameter]
    public string Empty { get; set; } = "No requests in this window.";

    /// <summary>What a screen reader hears instead of the picture; by default the latest values.</summary>
    [Parameter]
    public string? Summary { get; set; }

    private bool IsEmpty => Series.All(s => s.Points.All(p => p.Value is null));

    private string Spoken => IsEmpty
        ? $"{Title}: {Empty}"
        : $"{Title}: {string.Join(", ", Series.Select(s => $"{s.Name} {Latest(s)}"))}"
            + (Thresholds.Count == 0 ? "." : $"; {string.Join(", ", Thresholds.Select(t => $"{t.Label} {Text(t.Value)}"))}.");

    /// <summary>The same lines, limits, marks and window again are not drawn anew.</summary>
    protected override bool ShouldRender()
    {
        var now = new Drawing(Series, Thresholds, Marks, From, To, Title, Summary);
        var changed = now != drawn;
        drawn = now;
        return changed;
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        try
        {
            if (firstRender)
            {
                await CreateAsync();
            }
            else if (chart is not null)
            {
                await PushAsync();
            }
        }
        catch (JSDisconnectedException)
        {
            // The page is gone; so is its chart.
        }
        catch (TaskCanceledException)
        {
            // The same, met while a call was under way.
        }
    }

    public async ValueTask DisposeAsync()
    {
        gone = true;
        await leave.CancelAsync(); // what a browser that left never answers must not hold the circuit for its minute
        leave.Dispose();
        try
        {
            if (chart is not null)
            {
                await chart.InvokeVoidAsync("destroy");
                await chart.DisposeAsync();
            }

            if (module is not null)
            {
                await module.DisposeAsync();
            }
        }
        catch (JSDisconnectedException)
        {
            // Nothing left to destroy.
        }
        catch (TaskCanceledException)
        {
            // The same.
        }
    }

    private async Task CreateAsync()
    {
        module = await browser.InvokeAsync<IJSObjectReference>("import", leave.Token, "./js/time-chart.js");
        if (gone)
        {
            return;
        }

        var made = await module.InvokeAsync<IJSObjectReference>("create", leave.Token, host, Unit.ToString().ToLowerInvariant(), Group, Height);
        if (gone)
        {
            await made.InvokeVoidAsync("destroy");
            await made.DisposeAsync();
            return;
        }

        chart = made;
        await PushAsync();
    }

    private async Task PushAsync()
    {
        var deltas = Series.Select(s => (Series: s, Delta: SeriesDelta.Between(held.GetValueOrDefault(s.Name, []), s.Points))).ToList();
        var present = Frame.Of(this);
        if (present.Equals(frame) && deltas.TrueForAll(d => d.Delta.IsNone(held.GetValueOrDefault(d.Series.Name, []).Count)))
        {
            return;
        }

        frame = present;
        held.Clear();
        foreach (var series in Series)
        {
            held[series.Name] = series.Points;
        }

        var update = new ChartUpdate(
            ++pushes,
            Min,
            Max,
            From?.ToUnixTimeMilliseconds(),
            To?.ToUnixTimeMilliseconds(),
            Thresholds.Select(t => new ChartUpdate.Threshold(t.Value, t.Label, t.Tone.Css())),
            Marks.Select(m => new ChartUpdate.Mark(m.At.ToUnixTimeMilliseconds(), m.Label, m.Tone.Css())),
            deltas.Select(d => new ChartUpdate.Line(
                d.Series.Name,
                d.Series.Tone.Css(),
                d.Series.Stroke.ToString().ToLowerInvariant(),
                d.Delta.Drop,
                d.Delta.Keep,
                d.Delta.Add.Select(p => new double?[] { p.At.ToUnixTimeMilliseconds(), p.Value is { } v && double.IsFinite(v) ? v : null }))));
        if (await chart!.InvokeAsync<string?>("update", leave.Token, update.ToJson()) is not null)
        {
            held.Clear(); // an update before this one was lost with the connection: all is sent again
            await PushAsync();
        }
    }

    private string Latest(ChartSeries series) => Text(series.Points.LastOrDefault(p => p.Value is not null).Value);

    private string Text(double? value) => Unit switch
    {
        ChartUnit.Share => Display.Percent(value, 2),
        ChartUnit.Percent => Display.Weight(value),
        ChartUnit.Milliseconds => Display.Milliseconds(value),
        ChartUnit.Count => Display.Compact(value),
        ChartUnit.Usd => Display.Money(value is { } v && double.IsFinite(v) ? (decimal)v : null),
        _ => Display.Number(value, 2),
    };

    /// <summary>What a render depends on; lists are the same when they are the same object.</summary>
    private sealed record Drawing(
        IReadOnlyList<ChartSeries> Series,
        IReadOnlyList<ChartThreshold> Thresholds,
        IReadOnlyList<ChartMark> Marks,
        DateTimeOffset? From,
        DateTimeOffset? To,
        string Title,
        string? Summary);

    /// <summary>All that is drawn beside the points, comparable.</summary>
    private sealed record Frame(string Lines, string Around, DateTimeOffset? From, DateTimeOffset? To, double? Min, double? Max)
    {
        public static Frame Of(TimeChart chart) => new(
            string.Join('\n', chart.Series.Select(s => $"{s.Name}\t{s.Tone}\t{s.Stroke}")),
            string.Join('\n', [.. chart.Thresholds.Select(t => t.ToString()), .. chart.Marks.Select(m => m.ToString())]),
            chart.From,
            chart.To,
            chart.Min,
            chart.Max);
    }
}

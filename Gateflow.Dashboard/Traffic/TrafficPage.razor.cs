using Gateflow.Dashboard.Parts;

namespace Gateflow.Dashboard.Traffic;

/// <summary>The traffic of the last minute, anew each two seconds while one looks.</summary>
public sealed partial class TrafficPage(TrafficReader reader, TimeProvider clock) : IAsyncDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    private readonly Loaded<TrafficView> traffic = new("The traffic");
    private readonly CancellationTokenSource stop = new();
    private Task ticking = Task.CompletedTask;
    private bool paused;

    private IReadOnlyList<ChartSeries> Lines => traffic.Value is not { } now ? [] :
    [
        new ChartSeries { Name = "requests", Tone = Tone.Target, Points = [.. now.Points.Select(p => new ChartPoint(p.At, p.RequestsPerSecond))] },
        new ChartSeries { Name = "errors", Tone = Tone.Breach, Points = [.. now.Points.Select(p => new ChartPoint(p.At, p.ErrorsPerSecond))] },
    ];

    protected override Task OnInitializedAsync() => ReadAsync();

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            ticking = TickAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await ticking;
        stop.Dispose();
    }

    private void Pause() => paused = !paused;

    private Task ReadAsync() => traffic.ReadAsync(async () => await reader.ReadAsync(stop.Token));

    private async Task TickAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(Every, clock, stop.Token);
                if (!paused)
                {
                    await ReadAsync();
                    StateHasChanged();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // the page was left
        }
    }
}

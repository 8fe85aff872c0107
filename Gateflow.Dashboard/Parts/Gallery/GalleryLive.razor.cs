using Gateflow.Core.Rollout;
using Microsoft.AspNetCore.Components;

namespace Gateflow.Dashboard.Parts.Gallery;

/// <summary>The live page's parts with made-up figures that move twice a second.</summary>
public sealed partial class GalleryLive(TimeProvider clock) : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly Random random = new(7);
    private readonly List<ChartPoint> sourceErrors = [];
    private readonly List<ChartPoint> targetErrors = [];
    private readonly List<ChartPoint> sourceLatency = [];
    private readonly List<ChartPoint> targetLatency = [];
    private readonly List<ChartPoint> planned = [];
    private readonly List<ChartPoint> observed = [];
    private DateTimeOffset began;
    private Task loop = Task.CompletedTask;

    [Parameter, EditorRequired]
    public string Group { get; set; } = "";

    private DateTimeOffset To { get; set; }

    private DateTimeOffset From => To.AddMinutes(-5);

    private ChartSeries[] Ramp => [new() { Name = "planned", Tone = Tone.Neutral, Stroke = ChartStroke.SteppedDashed, Points = [.. planned] }, new() { Name = "observed", Tone = Tone.Target, Stroke = ChartStroke.Dots, Points = [.. observed] }];

    private ChartSeries[] Errors => Arms(sourceErrors, targetErrors);

    private ChartSeries[] Latency => Arms(sourceLatency, targetLatency);

    private static ChartSeries[] Nothing => Arms([], []);

    private static ChartThreshold[] Limit => [new(0.05, "limit")];

    private ChartMark[] Marks => [new(began.AddMinutes(-3), "20 %"), new(began.AddMinutes(-1), "rolled back", Tone.RolledBack)];

    private static GuardrailReading[] Readings =>
    [
        Reading(GuardrailKind.ErrorRate, Verdict.Healthy, 1.4, 0.05, 0.004, 0),
        Reading(GuardrailKind.LatencyP99Increase, Verdict.Watch, 41, 2, 1.62, 0),
        Reading(GuardrailKind.QualityScoreDrop, Verdict.NotEnoughData, 1, 0.1, null, 80),
        Reading(GuardrailKind.ErrorRate, Verdict.Breach, 940, 0.05, 0.21, 0),
    ];

    private TimelineEntry[] Events =>
    [
        new() { Key = "4", Look = new("Rolled back", "rollback", Tone.RolledBack), Who = "gateflow", At = began.AddMinutes(-1), Why = "Error rate: evidence 312 of 300 after 24 target requests." },
        new() { Key = "3", Look = new("Step taken", "step", Tone.Accent), What = "Step 2 of 10: 20 %", Who = "gateflow", At = began.AddMinutes(-3) },
        new() { Key = "2", Look = new("Resumed", "play", Tone.Accent), Who = "Ada", At = began.AddMinutes(-9), Why = "Provider is back." },
        new() { Key = "1", Look = new("Created", "plus", Tone.Neutral), Who = "Ada", At = began.AddHours(-2) },
    ];

    protected override void OnInitialized()
    {
        began = clock.GetUtcNow();
        for (var at = began.AddMinutes(-5); at <= began; at = at.AddSeconds(5))
        {
            Add(at);
        }
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            loop = RunAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await loop;
        stop.Dispose();
    }

    private static GuardrailReading Reading(GuardrailKind kind, Verdict verdict, double evidence, double limit, double? seen, long needed) => new()
    {
        Guardrail = kind, Verdict = verdict, Evidence = evidence, Threshold = 300, WatchAt = Math.Sqrt(300), Limit = limit, Samples = 1204, Needed = needed,
        Observed = seen, Detail = "In one sentence.", Judged = needed == 0, BlocksAdvance = true,
    };

    private static ChartSeries[] Arms(List<ChartPoint> source, List<ChartPoint> target) =>
        [new() { Name = "gpt-4", Tone = Tone.Source, Points = [.. source] }, new() { Name = "gpt-4o", Tone = Tone.Target, Points = [.. target] }];

    private async Task RunAsync()
    {
        try
        {
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(500), clock);
            while (await timer.WaitForNextTickAsync(stop.Token))
            {
                await InvokeAsync(() =>
                {
                    Add(clock.GetUtcNow());
                    StateHasChanged();
                });
            }
        }
        catch (OperationCanceledException)
        {
            // The page was left.
        }
    }

    private void Add(DateTimeOffset at)
    {
        To = at;
        var minutes = (at - began).TotalMinutes;
        var weight = minutes < -3 ? 10 : minutes < -1 ? 20 : 0;
        planned.Add(new(at, weight));
        observed.Add(new(at, weight == 0 ? 0 : weight + random.NextDouble() * 3 - 1.5));
        sourceErrors.Add(new(at, random.NextDouble() * 0.01));
        targetErrors.Add(new(at, weight == 0 ? null : random.NextDouble() * (minutes > -1.5 ? 0.2 : 0.02)));
        sourceLatency.Add(new(at, 800 + random.NextDouble() * 120));
        targetLatency.Add(new(at, weight == 0 ? null : 1100 + random.NextDouble() * 300));
    }
}

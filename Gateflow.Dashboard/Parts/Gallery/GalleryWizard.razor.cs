using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;
using Radzen;

namespace Gateflow.Dashboard.Parts.Gallery;

/// <summary>The wizard's parts with made-up figures.</summary>
public sealed partial class GalleryWizard(TimeProvider clock, DialogService dialogs)
{
    private static readonly StepRailItem[] Rail =
    [
        new("Usage analysis", StepState.Done, "15,420 requests, max context 28k", "/dev/parts"),
        new("Recommendations", StepState.Done, "gpt-4o, score 87", "/dev/parts"),
        new("Compatibility", StepState.Attention, "1 warning: logprobs", "/dev/parts"),
        new("Test", StepState.Todo),
        new("Configure", StepState.Todo),
        new("Review and execute", StepState.Todo),
    ];

    private static readonly ScorePart[] Score =
    [
        new("Capability fit", 0.97, 30), new("Context headroom", 1, 10), new("Cost", 0.8, 20), new("Speed", null, 10),
        new("Runway", 0.9, 15), new("Provider's successor", 1, 10), new("Quality evidence", null, 5),
    ];

    private static readonly HistogramBin[] Bins =
        [.. Enumerable.Range(0, 20).Select(i => new HistogramBin(256 * Math.Pow(1.35, i + 1), (long)(3000 * Math.Exp(-Math.Pow(i - 7, 2) / 12)) + (i > 12 ? 20 : 0)))];

    private static readonly long[] Week =
        [.. Enumerable.Range(0, 168).Select(i => (long)((i / 24 < 5 ? 300 : 90) * Math.Max(0.04, Math.Sin((i % 24 - 5) * Math.PI / 16))))];

    private static readonly IReadOnlyList<RampStep> Canary = RampStep.From(RolloutSteps.Compile(new MigrationConfig()), TimeSpan.FromHours(1));
    private static readonly IReadOnlyList<RampStep> ShadowFirst = RampStep.From(RolloutSteps.Compile(new MigrationConfig { Strategy = Strategy.Shadow, DurationHours = 6 }), TimeSpan.FromHours(1));
    private static readonly double?[] Spark = [3, 5, 4, 8, 9, 7, null, 6, 8, 12, 11, 14];

    private string? answer;

    private DateOnly Today => DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);

    private async Task AskAsync() => answer = (await dialogs.ConfirmAsync(new ConfirmRequest
    {
        Title = "Roll back to gpt-4",
        Consequence = "All traffic returns to gpt-4 for the next request.",
        Facts = ["41 requests in flight finish on gpt-4o.", "The migration ends; a new one can be started from its configuration."],
        Verb = "Roll back",
        Danger = true,
        ReasonLabel = "Reason",
        ReasonRequired = true,
    }))?.Reason ?? "nothing done";
}

using System.Text.Json.Nodes;

namespace Gateflow.Benchmarks.MainJob;

/// <summary>What one step of a migration asked for and what the application saw.</summary>
/// <param name="Weight">Share configured on the target, 0–1.</param>
/// <param name="Requests">Requests sent clearly within the step.</param>
/// <param name="OnTarget">Those of them that were assigned to the target.</param>
internal sealed record StepSplit(double Weight, int Requests, int OnTarget)
{
    // Around a change of weight the application cannot know which one its request met.
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(250);

    /// <summary>0–1; NaN without a request.</summary>
    public double Observed => (double)OnTarget / Requests;

    /// <summary>Standard deviation of the share of a binomial of that size.</summary>
    public double Sigma => Math.Sqrt(Weight * (1 - Weight) / Requests);

    /// <summary>Distance in standard deviations; 0 when there was nothing to see or nothing to deviate from.</summary>
    public double Z => Requests == 0 || Observed.Equals(Weight) ? 0 : (Observed - Weight) / Sigma;

    /// <summary>The steps in order, from the events of the migration and the exchanges that carry its id and an arm.</summary>
    public static IReadOnlyList<StepSplit> Of(MigrationRun run, IEnumerable<Exchange> exchanges)
    {
        var ours = exchanges.Where(e => e.Migration == run.Id && e.Arm is not null).ToList();
        var changes = run.Events.Where(e => e["data"]?["weight"] is not null && Type(e) is "started" or "step_advanced" or "promoted")
            .Select(e => (At: At(e), Weight: e["data"]!["weight"]!.GetValue<double>() / 100)).ToList();
        var end = run.Events.Where(e => Type(e) is "completed" or "rolled_back").Select(At).DefaultIfEmpty(DateTimeOffset.MaxValue - Margin).First();
        // A brake is in force before the rollback is stored; from outside it shows only in that the target gets nothing more.
        var braked = run.Rollback is null ? DateTimeOffset.MaxValue : ours.Where(e => e.OnTarget).Select(e => e.SentAt).DefaultIfEmpty().Max();
        List<StepSplit> splits = [];
        foreach (var (index, (at, weight)) in changes.Index())
        {
            var next = index + 1 < changes.Count ? changes[index + 1].At : end;
            var within = ours.Where(e => e.SentAt >= at + Margin && e.SentAt <= next - Margin && e.SentAt < braked).ToList();
            splits.Add(new StepSplit(weight, within.Count, within.Count(e => e.OnTarget)));
        }

        return splits;
    }

    private static string Type(JsonObject e) => e["type"]!.GetValue<string>();

    private static DateTimeOffset At(JsonObject e) => e["at"]!.GetValue<DateTimeOffset>();
}

using System.Text.Json.Nodes;

namespace Gateflow.Benchmarks.MainJob;

/// <summary>How the failing target was caught, as the application saw it.</summary>
internal sealed record Detection
{
    // Nothing may reach the target any more so long after the rollback was stored; it is the time that one request takes to be routed, generously.
    private static readonly TimeSpan Settled = TimeSpan.FromMilliseconds(250);

    /// <summary>Requests assigned to the target from the first that failed there until the last.</summary>
    public required int TargetRequests { get; init; }

    /// <summary>Those of them that were over when it was rolled back: what the decision could rest on.</summary>
    public required int OverByThen { get; init; }

    /// <summary>Those of them that failed at the target and were answered by the source.</summary>
    public required int AnsweredBySource { get; init; }

    /// <summary>From the first request that failed at the target to the rollback, seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>When the last request that was assigned to the target was sent, after the time stamp of the rollback, ms; negative: before it.</summary>
    public required double LastTargetMs { get; init; }

    /// <summary>Requests that were still assigned to the target when the rollback must long have been in force.</summary>
    public required int AfterRollback { get; init; }

    public static Detection Of(MigrationRun run, IReadOnlyCollection<Exchange> exchanges)
    {
        var onTarget = exchanges.Where(e => e.Migration == run.Id && e.OnTarget).OrderBy(e => e.SentAt).ToList();
        var rolledBackAt = At(run.Rollback!);
        var first = onTarget.Find(e => e.FallbackReason is not null && e.SentAt >= run.InjectedAt)
            ?? throw new JobException("No request failed at the target, and yet it was rolled back.");
        var from = onTarget.Where(e => e.SentAt >= first.SentAt).ToList();
        return new Detection
        {
            TargetRequests = from.Count,
            OverByThen = from.Count(e => e.SentAt + e.Duration <= rolledBackAt),
            AnsweredBySource = from.Count(e => e.FallbackReason is not null),
            Seconds = (rolledBackAt - first.SentAt).TotalSeconds,
            LastTargetMs = (from[^1].SentAt - rolledBackAt).TotalMilliseconds,
            AfterRollback = onTarget.Count(e => e.SentAt > rolledBackAt + Settled),
        };
    }

    private static DateTimeOffset At(JsonObject rollback) => rollback["at"]!.GetValue<DateTimeOffset>();
}

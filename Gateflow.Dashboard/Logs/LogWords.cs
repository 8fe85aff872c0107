using Gateflow.Core.Rollout;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Live;
using Gateflow.Dashboard.Parts;

namespace Gateflow.Dashboard.Logs;

/// <summary>Logged requests in words.</summary>
public static class LogWords
{
    /// <summary>What is and what is not in the log, for the entries at hand.</summary>
    public static string Sampling(IReadOnlyList<LogEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        var rule = $"Failures and fallbacks are all logged; of other requests at most {Display.Number(LogChoice.PerSecond)} a second are, evenly spread. Entries are kept {Retention.RequestDays} days.";
        if (entries.All(e => e.SamplingRate >= 1))
        {
            return rule;
        }

        var stands = (long)Math.Round(entries.Sum(e => 1 / e.SamplingRate));
        return $"{rule} The {Display.Count(entries.Count, "entry", "entries")} on this page stand for about {Display.Count(stands, "request")}.";
    }

    /// <summary>"1 of 12 logged"; null for a request that is logged whatever the load.</summary>
    public static string? Rate(LogEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return entry.SamplingRate >= 1 ? null : $"1 of {Display.Number(1 / entry.SamplingRate, entry.SamplingRate > 0.1 ? 1 : 0)} logged";
    }

    /// <summary>What happened, as a person would tell it.</summary>
    public static string Story(LogEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var time = Display.Milliseconds(entry.DurationMs);
        var calls = entry.Attempts > 1 ? $", after {Display.Count(entry.Attempts, "provider call")}" : "";
        var asked = entry.Model.Length > 0 ? entry.Model : entry.RequestedModel;
        if (entry.Outcome == OutcomeKind.Refused)
        {
            return $"A limit or right of the key refused the request with {entry.Status} before any model was asked.";
        }

        if (entry.ServedModel is not { } served)
        {
            return entry.Outcome == OutcomeKind.ClientCancel
                ? $"{(IsStopped(entry) ? "The gateway stopped" : "The caller hung up")} after {time}, before {(entry.FirstByteMs is null ? $"{asked} had answered" : "the answer's end")}."
                : $"No model answered: the caller got {entry.Status} after {time}{calls}.";
        }

        var place = entry.FallbackReason is { } reason ? $"{served} answered in place of {(entry.Arm == Arm.Target ? "the migration's target" : asked)} ({Lower(Display.Words(reason))})"
            : entry.Arm == Arm.Target ? $"{served} answered for {asked}, as the migration's target" : $"{served} answered";
        var rest = IsStopped(entry) ? " but was cut short: the gateway stopped" : entry.Outcome == OutcomeKind.BrokenStream ? " but broke off" : "";
        return $"{place} in {time}{calls}{rest}.";
    }

    /// <summary>Where a request stands, said whose fault it was.</summary>
    public static Look Look(LogEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return entry is { Outcome: OutcomeKind.Success, FallbackReason: not null } ? new Look("Fell back", "rollback", Tone.Watch)
            : OutcomeWords.Of(entry.Outcome, entry.ErrorCode);
    }

    /// <summary>A cost beside whether there is anything to cost.</summary>
    public static string Cost(LogEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return entry is { ServedModel: null, InputTokens: 0, OutputTokens: 0 } ? Display.None : Display.Money(entry.Cost);
    }

    private static bool IsStopped(LogEntry entry) => OutcomeWords.IsStopped(entry.ErrorCode);

    private static string Lower(string text) => text.Length == 0 ? text : char.ToLowerInvariant(text[0]) + text[1..];
}

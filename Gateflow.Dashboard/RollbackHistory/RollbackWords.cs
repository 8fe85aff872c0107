using Gateflow.Core;
using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;
using Gateflow.Dashboard.Migrations;
using Gateflow.Dashboard.Parts;

namespace Gateflow.Dashboard.RollbackHistory;

/// <summary>Rollbacks in words.</summary>
public static class RollbackWords
{
    /// <summary>"Error rate", "By a person".</summary>
    public static string Cause(string cause) => cause == RollbackFilter.ByPerson ? "By a person"
        : Wire.TryParse<GuardrailKind>(cause, out var guardrail) ? GuardrailWords.NameOf(guardrail) : Display.Words(cause);

    /// <summary>One line for a list.</summary>
    public static string Line(RollbackView rollback)
    {
        ArgumentNullException.ThrowIfNull(rollback);
        return rollback.Automatic
            ? $"By itself at {Display.Weight(rollback.TrafficAtRollback)}: {Lower(Cause(RollbackFilter.CauseOf(rollback)))}{Detected(rollback)}"
            : $"By {rollback.Actor} at {Display.Weight(rollback.TrafficAtRollback)}: {rollback.Reason}";
    }

    /// <summary>What happened, as a person would tell it.</summary>
    public static string Story(RollbackView rollback)
    {
        ArgumentNullException.ThrowIfNull(rollback);
        var traffic = $"while {Display.Weight(rollback.TrafficAtRollback)} of the traffic was on {rollback.TargetModel}";
        var effect = rollback.EffectMs is { } ms ? $" No new request went there after {Display.Milliseconds(ms)}." : "";
        if (!rollback.Automatic)
        {
            return $"{rollback.Actor} rolled back {traffic}. All traffic returned to {rollback.SourceModel}.{effect}";
        }

        var evidence = rollback.Evidence is { } e && rollback.Threshold is { } limit
            ? $" with evidence {Display.Evidence(e)} against a limit of {Display.Evidence(limit)}" : "";
        return $"Gateflow rolled back by itself {traffic}: the guardrail on {Lower(Cause(RollbackFilter.CauseOf(rollback)))} broke{evidence}{Detected(rollback)}. "
            + $"All traffic returned to {rollback.SourceModel}.{effect}";
    }

    /// <summary>What came after it, before the time that it is of.</summary>
    public static string Next(NextTry next)
    {
        ArgumentNullException.ThrowIfNull(next);
        return next.StartedAt is not null ? "Tried again" : next.Status == MigrationStatus.Draft ? "A new draft, made" : "Scheduled again, made";
    }

    private static string Detected(RollbackView rollback)
    {
        var requests = rollback.DetectionRequests is { } n ? $" after {Display.Count(n, "target request")}" : "";
        return rollback.DetectionSeconds is { } s ? $"{requests}, {Display.Duration(TimeSpan.FromSeconds(s))} from the first failure" : requests;
    }

    private static string Lower(string text) => text.StartsWith("p99", StringComparison.Ordinal) ? text : char.ToLowerInvariant(text[0]) + text[1..];
}

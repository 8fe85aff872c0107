using Gateflow.Core;
using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;
using Gateflow.Dashboard.Migrations;
using Gateflow.Dashboard.Parts;

namespace Gateflow.Dashboard.Live;

/// <summary>How a migration ended, as a few sentences; null while it goes on.</summary>
public sealed record Story(string Headline, IReadOnlyList<string> Sentences, DateTimeOffset At, string Who, Look Look)
{
    public static Story? Of(LiveSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        var m = snapshot.Migration;
        if (m.Progress.FinishedAt is not { } at)
        {
            return null;
        }

        var end = snapshot.Events.LastOrDefault(e => e.Type is MigrationEventType.RolledBack or MigrationEventType.Completed or MigrationEventType.Cancelled);
        var who = end?.Actor ?? "gateflow";
        var look = Look.Of(m.Status);
        return m.Status switch
        {
            MigrationStatus.RolledBack when snapshot.Rollback is { } r => new Story(
                $"Rolled back from {Display.Weight(r.TrafficAtRollback)}{(r.Automatic ? " by itself" : "")}", RolledBack(m, r), r.At, r.Actor, look),
            MigrationStatus.Completed => new Story("Completed", Completed(m, at), at, who, look),
            MigrationStatus.Cancelled => new Story("Cancelled before it started", end?.Data.Text("reason") is { } why ? [why] : [], at, who, look),
            _ => null,
        };
    }

    private static List<string> RolledBack(MigrationView m, RollbackView r)
    {
        List<string> said = [];
        if (r.Guardrail is not null && Wire.TryParse<GuardrailKind>(r.Guardrail, out var guardrail))
        {
            said.Add($"{GuardrailWords.NameOf(guardrail)} broke its limit: evidence {Display.Evidence(r.Evidence)} of {Display.Evidence(r.Threshold)}.");
        }

        said.Add(r.Automatic ? r.Reason : $"Reason: {r.Reason}");
        if (r.DetectionRequests is { } requests)
        {
            said.Add($"Found after {Display.Count(requests, "target request")} of the step"
                + (r.DetectionSeconds is { } seconds ? $", {Display.Duration(TimeSpan.FromSeconds(seconds))} after the first failure." : "."));
        }

        if (r.EffectMs is { } effect)
        {
            said.Add($"In force {Display.Milliseconds(effect)} later: the next request went to {m.SourceModel}.");
        }

        if (m.Metrics.Fallbacks > 0)
        {
            said.Add($"{Display.Count(m.Metrics.Fallbacks, "request")} that {m.TargetModel} failed {(m.Metrics.Fallbacks == 1 ? "was" : "were")} answered by {m.SourceModel}: the callers saw no error.");
        }

        return said;
    }

    private static List<string> Completed(MigrationView m, DateTimeOffset at)
    {
        var metrics = m.Metrics;
        List<string> said =
        [
            $"Requests for {m.SourceModel} are answered by {m.TargetModel}."
                + (m.Progress.StartedAt is { } started ? $" The way there took {Display.Duration(at - started)} and {Display.Count(metrics.TargetRequests, "target request")}." : ""),
        ];
        if (metrics.TargetErrorRate is { } errors)
        {
            said.Add($"{Display.Percent(errors, 2)} of them failed; on {m.SourceModel} it was {Display.Percent(metrics.SourceErrorRate, 2)}.");
        }

        return said;
    }
}

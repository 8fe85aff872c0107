using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Parts;

namespace Gateflow.Dashboard.Templates;

/// <summary>Templates in words.</summary>
internal static class TemplateWords
{
    /// <summary>How traffic moves and what rolls back, in one line.</summary>
    public static string Of(MigrationConfig config)
    {
        var moves = config.Strategy switch
        {
            Strategy.Instant => "All at once",
            Strategy.Shadow => $"Shadow for {Display.Duration(TimeSpan.FromHours(config.DurationHours))}",
            Strategy.Steps => $"{Display.Count(config.Steps.Count, "own step")}",
            _ => $"Canary from {Display.Weight(config.CanaryPercentage)}, {Display.Weight(config.IncreaseStep)} more every {Display.Duration(TimeSpan.FromMinutes(config.IncreaseIntervalMinutes))}",
        };
        var limits = config.RollbackThreshold;
        List<string> guards = [];
        if (limits.ErrorRate is { } errors)
        {
            guards.Add($"more than {Display.Percent(errors)} errors");
        }

        if (limits.LatencyP99Increase is { } latency)
        {
            guards.Add($"{Display.Number(latency, 2)} times the latency");
        }

        if (limits.QualityScoreDrop is { } quality)
        {
            guards.Add($"a drop in quality of {Display.Number(quality, 2)}");
        }

        return moves + (guards.Count == 0 ? "; no guardrail" : $"; {(config.AutoRollback ? "rolls back" : "holds")} at {string.Join(", or ", guards)}");
    }

    public static ConfirmRequest Deleting(TemplateView template) => new()
    {
        Title = "Delete this template?",
        Consequence = $"“{template.Name}” goes. Migrations that began from it stay as they are.",
        Verb = "Delete template",
        Danger = true,
    };
}

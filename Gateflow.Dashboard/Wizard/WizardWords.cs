using Gateflow.Core.Catalog;
using Gateflow.Core.Compatibility;
using Gateflow.Core.Migrations;
using Gateflow.Core.Recommendations;
using Gateflow.Core.Rollout;
using Gateflow.Dashboard.Parts;

namespace Gateflow.Dashboard.Wizard;

/// <summary>What the wizard's findings are called.</summary>
public static class WizardWords
{
    public static Look Of(CheckStatus status) => status switch
    {
        CheckStatus.Fail => new("Fails", "cross", Tone.Breach),
        CheckStatus.Warn => new("Works, with a change", "alert", Tone.Watch),
        _ => new("Passes", "check", Tone.Healthy),
    };

    public static string Of(Strategy strategy) => strategy switch
    {
        Strategy.Canary => "Canary",
        Strategy.Instant => "Instant",
        Strategy.Shadow => "Shadow",
        Strategy.Scheduled => "Scheduled",
        _ => "Own steps",
    };

    /// <summary>"1 fails, 2 warnings"; "all 9 checks pass".</summary>
    public static string Summary(CompatibilityReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var fails = report.Checks.Count(c => c.Status == CheckStatus.Fail);
        var warnings = report.Checks.Count(c => c.Status == CheckStatus.Warn);
        return (fails, warnings) switch
        {
            (0, 0) => report.Checks.Count == 1 ? "The one check passes" : $"All {report.Checks.Count} checks pass",
            (0, _) => Display.Count(warnings, "warning"),
            (_, 0) => $"{fails} failing",
            _ => $"{fails} failing, {Display.Count(warnings, "warning")}",
        };
    }

    /// <summary>A check's subject: the words of a capability, else the wire name read aloud.</summary>
    public static string Subject(string feature)
    {
        var words = CapabilityNames.TryParse(feature, out var flag) ? CapabilityNames.Words(flag) : Display.Words(feature);
        return words.Contains('_', StringComparison.Ordinal) ? words : char.ToUpperInvariant(words[0]) + words[1..];
    }

    /// <summary>"120 requests, 4 %"; "12 of 60 samples, 20 %" where only stored requests were looked at.</summary>
    public static string Affected(CompatibilityCheckResult check, long requests)
    {
        ArgumentNullException.ThrowIfNull(check);
        var share = check.ShareAffected is { } part && requests > 0 ? $", {Display.Percent(part, part < 0.01 ? 2 : 0)}" : "";
        return check.SamplesChecked is { } samples ? $"{Display.Number(requests)} of {Display.Count(samples, "sample")}{share}"
            : requests == 0 ? "no request" : $"{Display.Count(requests, "request")}{share}";
    }

    /// <summary>Whose use was looked at, where the migration moves a part of the traffic; null where it moves all.</summary>
    public static string? Looked(MigrationScope scope)
    {
        ArgumentNullException.ThrowIfNull(scope);
        if (scope.IsEverything)
        {
            return null;
        }

        List<string> parts = [];
        if (scope.Features.Count > 0)
        {
            parts.Add($"of {string.Join(", ", scope.Features)}");
        }

        if (scope.ApiKeys.Count > 0)
        {
            parts.Add($"with {Display.Count(scope.ApiKeys.Count, "key")} of the migration");
        }

        var whose = parts.Count > 0 ? $"Only requests {string.Join(' ', parts)} are counted." : "The requests of the whole model are counted.";
        return scope.Users.Count > 0 ? $"{whose} The migration's users are not told apart from others." : whose;
    }

    /// <summary>What stored requests do not tell of the part that is to be moved; null where they tell it.</summary>
    public static string? Stored(MigrationScope scope)
    {
        ArgumentNullException.ThrowIfNull(scope);
        return scope.ApiKeys.Count + scope.Users.Count == 0 ? null
            : $"Stored requests tell neither key nor user: those looked at are of {(scope.Features.Count > 0 ? "all keys and users of these features" : "the whole model")}.";
    }

    /// <summary>"Canary, 10 % +10 every 1 h".</summary>
    public static string Ramp(MigrationConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        var canary = $"{Display.Weight(config.CanaryPercentage)} +{Display.Number(config.IncreaseStep)} every {Display.Duration(TimeSpan.FromMinutes(config.IncreaseIntervalMinutes))}";
        return config.Strategy switch
        {
            Strategy.Canary => $"Canary, {canary}",
            Strategy.Shadow => $"Shadow for {Display.Duration(TimeSpan.FromHours(config.DurationHours))}",
            Strategy.Scheduled => $"Scheduled, then {Of(config.EffectiveStrategy).ToLowerInvariant()}",
            Strategy.Steps => $"{Display.Count(config.Steps.Count, "own step")}",
            _ => "Instant, 100 % at once",
        };
    }

    /// <summary>A score's parts with the points each can bring.</summary>
    public static IReadOnlyList<ScorePart> Parts(ScoreBreakdown score)
    {
        ArgumentNullException.ThrowIfNull(score);
        return
        [
            new("Capability fit", score.CapabilityFit, ScoreWeights.CapabilityFit),
            new("Context headroom", score.ContextHeadroom, ScoreWeights.ContextHeadroom),
            new("Cost", score.Cost, ScoreWeights.Cost),
            new("Speed", score.Speed, ScoreWeights.Speed),
            new("Runway", score.Runway, ScoreWeights.Runway),
            new("Provider's successor", score.ProviderSuccessor, ScoreWeights.ProviderSuccessor),
            new("Quality evidence", score.QualityEvidence, ScoreWeights.QualityEvidence),
        ];
    }
}

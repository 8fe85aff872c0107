using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;

namespace Gateflow.Dashboard.Parts;

/// <summary>How a state shows itself: a word, an icon and a colour, always together.</summary>
public sealed record Look(string Word, string Icon, Tone Tone)
{
    public static Look Of(MigrationStatus status) => status switch
    {
        MigrationStatus.Draft => new("Draft", "pencil", Tone.Neutral),
        MigrationStatus.Scheduled => new("Scheduled", "clock", Tone.Neutral),
        MigrationStatus.InProgress => new("In progress", "run", Tone.Accent),
        MigrationStatus.Paused => new("Paused", "pause", Tone.Paused),
        MigrationStatus.Soaking => new("Soaking", "half", Tone.Accent),
        MigrationStatus.Completed => new("Completed", "check", Tone.Healthy),
        MigrationStatus.RolledBack => new("Rolled back", "rollback", Tone.RolledBack),
        MigrationStatus.Cancelled => new("Cancelled", "ban", Tone.Neutral),
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    };

    /// <summary>Null is not judged yet; nothing but <see cref="Verdict.Healthy"/> looks like a pass.</summary>
    public static Look Of(Verdict? verdict) => verdict switch
    {
        Verdict.Healthy => new("Healthy", "check", Tone.Healthy),
        Verdict.Watch => new("Watch", "half", Tone.Watch),
        Verdict.Breach => new("Breach", "cross", Tone.Breach),
        Verdict.NotEnoughData => new("Not enough data", "dots", Tone.Unknown),
        Verdict.NoTraffic => new("No traffic", "dash", Tone.Unknown),
        null => new("Not judged", "dash", Tone.Unknown),
        _ => throw new ArgumentOutOfRangeException(nameof(verdict), verdict, null),
    };

    /// <summary>Of an entry in a migration's timeline.</summary>
    public static Look Of(MigrationEventType type) => type switch
    {
        MigrationEventType.Created => new("Created", "plus", Tone.Neutral),
        MigrationEventType.Analyzed => new("Usage analysed", "overview", Tone.Neutral),
        MigrationEventType.Recommended => new("Recommendations made", "flag", Tone.Neutral),
        MigrationEventType.CompatibilityChecked => new("Compatibility checked", "check", Tone.Neutral),
        MigrationEventType.Tested => new("Tested", "flask", Tone.Neutral),
        MigrationEventType.Configured => new("Configured", "gear", Tone.Neutral),
        MigrationEventType.Scheduled => new("Scheduled", "clock", Tone.Neutral),
        MigrationEventType.Started => new("Started", "run", Tone.Accent),
        MigrationEventType.StepAdvanced => new("Step taken", "step", Tone.Accent),
        MigrationEventType.Held => new("Holding", "dots", Tone.Watch),
        MigrationEventType.VerdictChanged => new("Verdict changed", "half", Tone.Watch),
        MigrationEventType.Paused => new("Paused", "pause", Tone.Paused),
        MigrationEventType.Resumed => new("Resumed", "play", Tone.Accent),
        MigrationEventType.Approved => new("Approved", "check", Tone.Healthy),
        MigrationEventType.Promoted => new("Promoted to 100\u00a0%", "step", Tone.Accent),
        MigrationEventType.Soaking => new("Soaking", "half", Tone.Accent),
        MigrationEventType.Completed => new("Completed", "check", Tone.Healthy),
        MigrationEventType.RolledBack => new("Rolled back", "rollback", Tone.RolledBack),
        MigrationEventType.Cancelled => new("Cancelled", "ban", Tone.Neutral),
        _ => new(Display.Words(Core.Wire.Name(type)), "dot", Tone.Neutral),
    };
}

using Gateflow.Core.Migrations;

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

    /// <summary>By wire name; a verdict that is not known is shown by its name, never as a pass.</summary>
    public static Look OfVerdict(string? verdict) => verdict switch
    {
        "healthy" => new("Healthy", "check", Tone.Healthy),
        "watch" => new("Watch", "half", Tone.Watch),
        "breach" => new("Breach", "cross", Tone.Breach),
        "not_enough_data" => new("Not enough data", "dots", Tone.Unknown),
        "no_traffic" => new("No traffic", "dash", Tone.Unknown),
        null or "" => new("Not judged", "dash", Tone.Unknown),
        _ => new(Display.Words(verdict), "info", Tone.Unknown),
    };
}

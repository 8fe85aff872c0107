namespace Gateflow.Dashboard.Parts;

/// <summary>How a moment is written, in the viewer's zone.</summary>
public enum TimeFormat
{
    /// <summary>"38 min ago", "in 2 h".</summary>
    Relative,

    /// <summary>"Tue, 24 Nov, 14:20".</summary>
    DateTime,

    /// <summary>"24 Nov 2026".</summary>
    Date,

    /// <summary>"14:20:05".</summary>
    Time,

    /// <summary>"14:20:05" within twelve hours, else as <see cref="DateTime"/>: for columns of moments that are mostly near.</summary>
    Near,
}

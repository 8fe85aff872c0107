using System.Globalization;

namespace Gateflow.Dashboard.Datasets;

/// <summary>Which stored requests are taken, while somebody types.</summary>
public sealed class SampleDraft
{
    public string? Model { get; set; }

    public string? Feature { get; set; }

    public string Count { get; set; } = "100";

    /// <summary>First day, UTC; null for all that are kept.</summary>
    public DateOnly? From { get; set; }

    /// <summary>Last day, UTC, inclusive.</summary>
    public DateOnly? To { get; set; }

    /// <summary>Whether the stored answers are the expected ones.</summary>
    public bool Recorded { get; set; } = true;

    public FromSamples Read() => new()
    {
        Model = string.IsNullOrWhiteSpace(Model) ? null : Model.Trim(),
        Feature = string.IsNullOrWhiteSpace(Feature) ? null : Feature.Trim(),
        Count = int.TryParse(Count, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0,
        From = From is { } from ? Midnight(from) : null,
        To = To is { } to ? Midnight(to.AddDays(1)) : null,
        Expected = Recorded ? "recorded" : "none",
    };

    private static DateTimeOffset Midnight(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
}

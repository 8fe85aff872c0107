using System.Globalization;

namespace Gateflow.Dashboard.Parts;

/// <summary>168 counts, Monday 00:00 first.</summary>
public static class HourOfWeek
{
    public const int Hours = 168;

    private static readonly string[] Days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

    public static IReadOnlyList<string> DayNames => Days;

    /// <summary>UTC counts as they fall in a zone that is ahead by <paramref name="hours"/> (whole hours, may be negative).</summary>
    public static IReadOnlyList<long> Shift(IReadOnlyList<long> utc, int hours)
    {
        ArgumentNullException.ThrowIfNull(utc);
        return [.. Enumerable.Range(0, utc.Count).Select(i => utc[Modulo(i - hours, utc.Count)])];
    }

    /// <summary>"Tue 14:00"; an hour of UTC that begins some minutes past an hour of the zone is "Tue 14:30".</summary>
    public static string Name(int hour, int minutes = 0) => string.Create(CultureInfo.InvariantCulture, $"{Days[hour / 24]} {hour % 24:00}:{minutes:00}");

    private static int Modulo(int n, int m) => ((n % m) + m) % m;
}

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

    /// <summary>"Tue 14:00".</summary>
    public static string Name(int hour) => string.Create(CultureInfo.InvariantCulture, $"{Days[hour / 24]} {hour % 24:00}:00");

    private static int Modulo(int n, int m) => ((n % m) + m) % m;
}

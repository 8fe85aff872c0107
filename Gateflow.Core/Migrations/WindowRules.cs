using FluentValidation;

namespace Gateflow.Core.Migrations;

/// <summary>The rules of windows and blackouts: known zones, no two that say the same, and none so long that no step could ever be taken.</summary>
internal static class WindowRules
{
    private const int MostWindows = 50, MostBlackouts = 100, MinutesOfDay = 24 * 60, MinutesOfWeek = 7 * MinutesOfDay;

    /// <summary>The first year in which nothing is planned: the hours after a moment must be days that the calendar has.</summary>
    public const int EndOfTime = 9000;

    private static readonly TimeSpan LongestBlackout = TimeSpan.FromDays(366);

    public static void AddFaults(this ValidationContext<MigrationConfig> context, IEnumerable<string> faults)
    {
        foreach (var fault in faults)
        {
            context.AddFailure(fault);
        }
    }

    public static IEnumerable<string> Faults(IReadOnlyList<TimeWindow> windows)
    {
        if (windows.Count > MostWindows)
        {
            return [$"windows may hold at most {MostWindows} windows."];
        }

        List<string> faults = [];
        foreach (var (i, window) in windows.Index())
        {
            if (!IsZone(window.TimeZone))
            {
                faults.Add($"time_zone '{window.TimeZone}' is no IANA time zone, such as Europe/Berlin or UTC.");
            }
            else if (window.Days is null || window.Days.Any(d => !Enum.IsDefined(d)))
            {
                faults.Add("days must be a list of days of the week; an empty list means every day.");
            }
            else if (windows.Take(i).FirstOrDefault(other => other.Days is not null && other.TimeZone == window.TimeZone && Meet(other, window)) is { } other)
            {
                faults.Add($"the windows {Words(other)} and {Words(window)} overlap: make them one.");
            }
        }

        return faults;
    }

    public static IEnumerable<string> Faults(IReadOnlyList<Blackout> blackouts)
    {
        if (blackouts.Count > MostBlackouts)
        {
            return [$"blackouts may hold at most {MostBlackouts} spans."];
        }

        List<string> faults = [];
        foreach (var (i, blackout) in blackouts.Index())
        {
            if (blackout.To <= blackout.From)
            {
                faults.Add("a blackout must end after it begins.");
            }
            else if (blackout.To.Year >= EndOfTime)
            {
                faults.Add($"a blackout must end before the year {EndOfTime}.");
            }
            else if (blackout.To - blackout.From > LongestBlackout)
            {
                faults.Add($"a blackout may last at most {LongestBlackout.TotalDays} days: a migration that may never move is better paused.");
            }
            else if (blackouts.Take(i).Any(other => other.From < blackout.To && blackout.From < other.To))
            {
                faults.Add($"the blackout from {blackout.From.UtcDateTime:yyyy-MM-dd HH:mm} UTC overlaps another: make them one.");
            }
        }

        return faults;
    }

    /// <summary>Names of the IANA database have no blank; those of Windows, which .NET would map, nearly all do.</summary>
    private static bool IsZone(string? name) => name is { Length: > 0 and <= 60 } && !name.Contains(' ', StringComparison.Ordinal) && TimeZoneInfo.TryFindSystemTimeZoneById(name, out _);

    private static bool Meet(TimeWindow a, TimeWindow b) =>
        Spans(a).Any(x => Spans(b).Any(y => new[] { -MinutesOfWeek, 0, MinutesOfWeek }.Any(shift => x.From < y.To + shift && y.From + shift < x.To)));

    /// <summary>A window as minutes of the week; the end may lie in the next.</summary>
    private static IEnumerable<(double From, double To)> Spans(TimeWindow window) =>
        from day in window.Days.Count == 0 ? Enum.GetValues<DayOfWeek>() : window.Days.Distinct()
        let midnight = (int)day * MinutesOfDay
        let ends = window.To.ToTimeSpan().TotalMinutes + (window.To > window.From ? 0 : MinutesOfDay)
        select (midnight + window.From.ToTimeSpan().TotalMinutes, midnight + ends);

    private static string Words(TimeWindow window) => $"{window.From:HH:mm}–{window.To:HH:mm} {window.TimeZone}";
}

using Gateflow.Core.Migrations;

namespace Gateflow.Core.Rollout;

/// <summary>
/// The hours in which a step may be taken: inside any window (when there are windows) and outside every blackout. A window whose end
/// is not after its start runs past midnight and belongs to the day it starts on; without days it is every day.
/// </summary>
public static class StepWindows
{
    /// <summary>Days that are looked at from a moment on: every weekday twice, as summer time may skip a window once, and the ends of windows past midnight.</summary>
    private const int Days = 16;

    private const int MinutesOfDay = 24 * 60;

    /// <summary>What lies later has too few days after it that could be looked at.</summary>
    private static readonly DateTimeOffset Last = DateTimeOffset.MaxValue.AddYears(-1);

    /// <summary>True when a step may be taken at this moment.</summary>
    public static bool IsOpen(MigrationConfig config, DateTimeOffset at) =>
        !config.Blackouts.Any(x => at >= x.From && at < x.To)
        && (config.Windows.Count == 0 || config.Windows.Any(x => Holds(x, at)));

    /// <summary>The first allowed moment from <paramref name="from"/> on; null when there is none within two weeks of it or of a blackout's end.</summary>
    public static DateTimeOffset? NextOpening(MigrationConfig config, DateTimeOffset from)
    {
        var bases = config.Blackouts.Select(x => x.To).Where(x => x > from).Prepend(from).Where(x => x < Last).ToList();
        var starts = bases.SelectMany(day => config.Windows.SelectMany(window => Enumerable.Range(0, Days).SelectMany(i => Starts(window, day, i)).Concat(Changes(Zone(window), day))));
        return bases.Concat(starts).Where(x => x >= from && IsOpen(config, x)).Order().Select(x => (DateTimeOffset?)x).FirstOrDefault();
    }

    private static bool Holds(TimeWindow window, DateTimeOffset at)
    {
        var local = TimeZoneInfo.ConvertTime(at, Zone(window));
        var time = TimeOnly.FromTimeSpan(local.TimeOfDay);
        return window.From < window.To
            ? OnDay(window, local.DayOfWeek) && time >= window.From && time < window.To
            : (OnDay(window, local.DayOfWeek) && time >= window.From) || (OnDay(window, local.AddDays(-1).DayOfWeek) && time < window.To);
    }

    private static bool OnDay(TimeWindow window, DayOfWeek day) => window.Days.Count == 0 || window.Days.Contains(day);

    /// <summary>The moments at which a window's clock shows its start on a day: none where summer time skips it, two where the hour comes twice.</summary>
    private static IEnumerable<DateTimeOffset> Starts(TimeWindow window, DateTimeOffset day, int plus)
    {
        var zone = Zone(window);
        var local = TimeZoneInfo.ConvertTime(day, zone).Date.AddDays(plus) + window.From.ToTimeSpan();
        return zone.IsInvalidTime(local) ? []
            : (zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local) : [zone.GetUtcOffset(local)]).Select(offset => new DateTimeOffset(local, offset).ToUniversalTime());
    }

    /// <summary>The minutes at which a zone's clock is put forward or back: it may jump into a window, also one that was over.</summary>
    private static IEnumerable<DateTimeOffset> Changes(TimeZoneInfo zone, DateTimeOffset from)
    {
        var start = new DateTimeOffset(from.UtcTicks - (from.UtcTicks % TimeSpan.TicksPerMinute), TimeSpan.Zero);
        for (var day = 0; day < Days; day++)
        {
            var (before, after) = (day * MinutesOfDay, (day + 1) * MinutesOfDay);
            if (OffsetAt(before) == OffsetAt(after))
            {
                continue;
            }

            while (after - before > 1)
            {
                var middle = (before + after) / 2;
                (before, after) = OffsetAt(middle) == OffsetAt(before) ? (middle, after) : (before, middle);
            }

            yield return start.AddMinutes(after);
        }

        TimeSpan OffsetAt(int minute) => zone.GetUtcOffset(start.AddMinutes(minute));
    }

    // A zone that this machine does not know was refused at configuration; here UTC is better than an exception in every tick.
    private static TimeZoneInfo Zone(TimeWindow window) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(window.TimeZone, out var zone) ? zone : TimeZoneInfo.Utc;
}

using Gateflow.Core.Migrations;

namespace Gateflow.Core.Rollout;

/// <summary>
/// The hours in which a step may be taken: inside any window (when there are windows) and outside every blackout. A window whose end
/// is not after its start runs past midnight and belongs to the day it starts on; without days it is every day.
/// </summary>
public static class StepWindows
{
    /// <summary>True when a step may be taken at this moment.</summary>
    public static bool IsOpen(MigrationConfig config, DateTimeOffset at) =>
        !config.Blackouts.Any(x => at >= x.From && at < x.To)
        && (config.Windows.Count == 0 || config.Windows.Any(x => Holds(x, at)));

    /// <summary>The first allowed moment from <paramref name="from"/> on; null when there is none within a week of it or of a blackout's end.</summary>
    public static DateTimeOffset? NextOpening(MigrationConfig config, DateTimeOffset from)
    {
        var bases = config.Blackouts.Select(x => x.To).Where(x => x > from).Prepend(from).ToList();
        var starts = bases.SelectMany(day => config.Windows.SelectMany(window => Enumerable.Range(0, 9).Select(i => Start(window, day, i))));
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

    private static DateTimeOffset Start(TimeWindow window, DateTimeOffset day, int plus)
    {
        var zone = Zone(window);
        var local = TimeZoneInfo.ConvertTime(day, zone).Date.AddDays(plus) + window.From.ToTimeSpan();

        // The hour that summer time skips does not exist.
        local = zone.IsInvalidTime(local) ? local.AddHours(1) : local;
        return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
    }

    // A zone that this machine does not know was refused at configuration; here UTC is better than an exception in every tick.
    private static TimeZoneInfo Zone(TimeWindow window) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(window.TimeZone, out var zone) ? zone : TimeZoneInfo.Utc;
}

namespace Gateflow.Core.Rollout;

/// <summary>How a model's traffic is spread over the week: requests an hour, by hour of the week (Monday 00:00 UTC first).</summary>
public sealed class TrafficProfile
{
    private const int Hours = 168;

    private readonly double[] _rates;

    private TrafficProfile(double[] rates) => _rates = rates;

    /// <summary>Mean requests an hour.</summary>
    public double PerHour => _rates.Average();

    /// <summary>The same rate at all hours.</summary>
    public static TrafficProfile Even(double perHour) => new([.. Enumerable.Repeat(perHour, Hours)]);

    /// <summary>The rates of the hours of a time that was counted. Some hours of the week lie in it once more than others.</summary>
    /// <param name="counts">168 request counts; fewer than that, or too few requests to tell hours apart, make an even profile.</param>
    /// <param name="from">Since when they were counted.</param>
    /// <param name="to">Until when; later than <paramref name="from"/>.</param>
    public static TrafficProfile Of(IReadOnlyList<long> counts, DateTimeOffset from, DateTimeOffset to)
    {
        var total = counts.Sum();
        if (counts.Count != Hours || total < 10 * Hours)
        {
            return Even(total / Math.Max(1, (to - from).TotalHours));
        }

        var lasted = new double[Hours];
        for (var at = from; at < to;)
        {
            var next = new DateTimeOffset(at.UtcTicks / TimeSpan.TicksPerHour * TimeSpan.TicksPerHour, TimeSpan.Zero).AddHours(1);
            next = next < to ? next : to;
            lasted[(int)HourOf(at)] += (next - at).TotalHours;
            at = next;
        }

        return new([.. counts.Select((c, hour) => lasted[hour] > 0 ? c / lasted[hour] : 0)]);
    }

    /// <summary>Requests that come in so many hours from a moment on.</summary>
    public double Requests(DateTimeOffset from, double hours)
    {
        var weeks = Math.Floor(hours / Hours);
        var (sum, rest) = (weeks * _rates.Sum(), hours - (weeks * Hours));
        for (var at = HourOf(from); rest > 0;)
        {
            var part = Math.Min(rest, 1 - (at - Math.Floor(at)));
            sum += part * _rates[(int)at % Hours];
            (at, rest) = (Math.Floor(at) + 1, rest - part);
        }

        return sum;
    }

    /// <summary>Hours until so many requests have come from a moment on; null when they never come.</summary>
    public double? HoursUntil(DateTimeOffset from, double requests)
    {
        var week = _rates.Sum();
        if (week <= 0)
        {
            return requests <= 0 ? 0 : null;
        }

        var weeks = Math.Max(0, Math.Ceiling(requests / week) - 1); // the last week is walked
        var (hours, left) = (weeks * Hours, requests - (weeks * week));
        for (var at = HourOf(from); left > 1e-9;)
        {
            var part = 1 - (at - Math.Floor(at));
            var rate = _rates[(int)at % Hours];
            if (rate * part >= left)
            {
                return hours + (left / rate);
            }

            (hours, left, at) = (hours + part, left - (rate * part), Math.Floor(at) + 1);
        }

        return hours;
    }

    private static double HourOf(DateTimeOffset at)
    {
        var utc = at.UtcDateTime;
        return ((((int)utc.DayOfWeek + 6) % 7) * 24) + utc.TimeOfDay.TotalHours;
    }
}

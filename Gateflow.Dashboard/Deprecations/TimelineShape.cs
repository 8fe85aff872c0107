using System.Globalization;
using Gateflow.Core.Deprecations;

namespace Gateflow.Dashboard.Deprecations;

/// <summary>Where everything lies on the timeline of the next 365 days, in percent of its width.</summary>
/// <param name="Months">The first of each month.</param>
/// <param name="Rows">Models whose day lies within it, the earliest first.</param>
internal sealed record TimelineShape(IReadOnlyList<TimelineMonth> Months, IReadOnlyList<TimelineRow> Rows)
{
    private const double Days = 365;

    public static TimelineShape Of(IEnumerable<DeprecationEntry> entries, DateOnly today)
    {
        List<TimelineMonth> months = [];
        for (var month = new DateOnly(today.Year, today.Month, 1).AddMonths(1); At(month) < 100; month = month.AddMonths(1))
        {
            months.Add(new TimelineMonth(month.ToString(month.Month == 1 ? "MMM yyyy" : "MMM", CultureInfo.InvariantCulture), At(month)));
        }

        return new TimelineShape(months, [.. entries.Where(e => e.RetiresOn > today && At(e.RetiresOn.Value) <= 100).OrderBy(e => e.RetiresOn).Select(Row)]);

        double At(DateOnly day) => Math.Round((day.DayNumber - today.DayNumber) / Days * 100, 2);

        TimelineRow Row(DeprecationEntry entry)
        {
            var end = At(entry.RetiresOn!.Value);
            if (entry.Migration is { IsDone: true } || entry.Plan is not { } plan)
            {
                return new TimelineRow(entry, [], end);
            }

            var (start, all, over) = (At(plan.StartBy), At(plan.AllBy), At(plan.FinishBy.AddDays(1)));
            TimelineSegment[] segments =
            [
                new("prepare", 0, start), new("move", start, Math.Max(all - start, 0.3)), new("soak", all, Math.Round(over - all, 2)), new("spare", over, Math.Round(end - over, 2)),
            ];
            return new TimelineRow(entry, [.. segments.Where(s => s.Width > 0)], end);
        }
    }
}

/// <summary>A line with its month.</summary>
internal sealed record TimelineMonth(string Text, double Left);

/// <summary>One model's bar.</summary>
/// <param name="End">Where its last day lies.</param>
internal sealed record TimelineRow(DeprecationEntry Entry, IReadOnlyList<TimelineSegment> Segments, double End);

/// <summary>A stretch of a bar: "prepare", "move", "soak" or "spare".</summary>
internal sealed record TimelineSegment(string Kind, double Left, double Width);

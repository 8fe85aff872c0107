namespace Gateflow.Core.Deprecations;

/// <summary>
/// When a migration must begin to be over before its source ends, counted back from the end: one step a day, a soak, and two weeks to spare for what holds it or sends it back, while there is
/// still a way back. Where the usual pace leaves less, less is to spare; where it no longer fits it is the gentlest one that does, from today to the day before the end.
/// </summary>
public sealed record BackPlan
{
    /// <summary>The usual pace, percentage points a day.</summary>
    public const int UsualStep = 10;

    /// <summary>Days of observation at 100 % of the usual pace.</summary>
    public const int UsualSoak = 7;

    /// <summary>Days to spare of the usual plan.</summary>
    public const int UsualSpare = 14;

    private const int TestDays = 7;

    /// <summary>Percentage points moved a day.</summary>
    public required int DailyStep { get; init; }

    /// <summary>Days at 100 % before it counts as done.</summary>
    public required int SoakDays { get; init; }

    /// <summary>The target is chosen and tested by then; left out when there is no day for it.</summary>
    public DateOnly? TestBy { get; init; }

    /// <summary>The first step.</summary>
    public required DateOnly StartBy { get; init; }

    /// <summary>Half of the traffic is moved.</summary>
    public required DateOnly HalfBy { get; init; }

    /// <summary>All traffic is moved and the soak begins.</summary>
    public required DateOnly AllBy { get; init; }

    /// <summary>The soak is over.</summary>
    public required DateOnly FinishBy { get; init; }

    /// <summary>Days between the end of the soak and the day before the end of the model, 0 to <see cref="UsualSpare"/>.</summary>
    public required int SpareDays { get; init; }

    /// <summary>True when the usual pace no longer fits.</summary>
    public required bool Late { get; init; }

    /// <summary>The plan for an end; null once it has come.</summary>
    public static BackPlan? For(DateOnly today, DateOnly retiresOn)
    {
        if (retiresOn <= today)
        {
            return null;
        }

        var days = retiresOn.DayNumber - 1 - today.DayNumber;
        var usual = Steps(UsualStep) - 1 + UsualSoak;
        var spare = Math.Min(UsualSpare, days - usual);
        return spare >= 0 ? Paced(today, retiresOn.AddDays(-1 - usual - spare), UsualStep, UsualSoak, late: false) with { SpareDays = spare } : Hurried(today, days);
    }

    /// <summary>A third of the days stays for the soak, the rest is for steps of a multiple of 5 points.</summary>
    private static BackPlan Hurried(DateOnly today, int days)
    {
        var soak = Math.Min(UsualSoak, (days + 2) / 3);
        var step = Math.Max(UsualStep, (int)Math.Ceiling(100.0 / (days - soak + 1) / 5) * 5);
        return Paced(today, today, step, soak, late: true);
    }

    private static BackPlan Paced(DateOnly today, DateOnly start, int step, int soak, bool late)
    {
        var all = start.AddDays(Steps(step) - 1);
        var test = start.AddDays(-TestDays);
        return new BackPlan
        {
            DailyStep = step,
            SoakDays = soak,
            TestBy = late ? null : test < today ? today : test,
            StartBy = start,
            HalfBy = start.AddDays(((50 + step - 1) / step) - 1),
            AllBy = all,
            FinishBy = all.AddDays(soak),
            SpareDays = 0,
            Late = late,
        };
    }

    private static int Steps(int step) => (100 + step - 1) / step;
}

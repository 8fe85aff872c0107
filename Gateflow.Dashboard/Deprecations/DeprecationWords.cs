using System.Globalization;
using Gateflow.Core.Deprecations;
using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Parts;

namespace Gateflow.Dashboard.Deprecations;

/// <summary>Ends of models and their milestones in sentences.</summary>
internal static class DeprecationWords
{
    /// <summary>The heading under which an entry stands: its month, or that it is over or undated.</summary>
    public static string Group(DeprecationEntry entry) => entry switch
    {
        { RetiresOn: null } => "No date yet",
        { DaysRemaining: <= 0 } => "Past their date",
        { RetiresOn: { } day } => day.ToString("MMMM yyyy", CultureInfo.InvariantCulture),
    };

    /// <summary>The milestones in one sentence.</summary>
    public static string Plan(BackPlan plan, DateOnly today)
    {
        var pace = $"{plan.DailyStep}\u00a0% a day{(plan.SpareDays == 0 ? $" and {Soak(plan.SoakDays)}" : $", {Soak(plan.SoakDays)} and {Spare(plan.SpareDays)} to spare")}";
        if (!plan.Late)
        {
            return plan.StartBy == today ? $"Start today to finish in time with {pace}." : $"To finish in time with {pace}, start by {Display.Date(plan.StartBy)}.";
        }

        return plan.DailyStep == 100
            ? $"Too late for steps: all traffic has to move today, with {Soak(plan.SoakDays)}."
            : $"{BackPlan.UsualStep}\u00a0% a day and {Soak(BackPlan.UsualSoak)} no longer fit; {pace} do if it starts today.";
    }

    /// <summary>Name and day of each milestone, in order.</summary>
    /// <param name="retiresOn">The day that they are counted back from.</param>
    /// <param name="end">What that day is called.</param>
    public static IReadOnlyList<(string What, DateOnly On)> Milestones(BackPlan plan, DateOnly retiresOn, string end = "The model ends")
    {
        List<(string, DateOnly)> list = [];
        if (plan.TestBy is { } test)
        {
            list.Add(("Target chosen and tested", test));
        }

        list.Add(($"First {plan.DailyStep}\u00a0%", plan.StartBy));
        if (plan.DailyStep < 50)
        {
            list.Add(("Half of the traffic", plan.HalfBy));
        }

        list.Add(("All traffic, soak begins", plan.AllBy));
        list.Add(("Soak over", plan.FinishBy));
        list.Add((end, retiresOn));
        return list;
    }

    /// <summary>What the migration has come to, before its target.</summary>
    public static string Migration(DeprecationMigration migration) => migration switch
    {
        { IsDone: true } => "All its requests are answered by",
        { Status: MigrationStatus.Completed } => "A part of its requests is answered by",
        { Status: MigrationStatus.RolledBack } => "Rolled back from",
        _ => "to",
    };

    public static string Href(DeprecationMigration migration) =>
        migration.Status == MigrationStatus.Draft ? $"/migrations/{migration.MigrationId}/wizard" : $"/migrations/{migration.MigrationId}";

    /// <summary>True when a new migration is what to do next: none is under way, and none has moved everything.</summary>
    public static bool Startable(DeprecationEntry entry) =>
        entry.Migration is null or { Status: MigrationStatus.RolledBack } or { Status: MigrationStatus.Completed, Everything: false };

    private static string Spare(int days) => days switch
    {
        1 => "a day",
        7 => "a week",
        14 => "two weeks",
        _ => $"{days} days",
    };

    private static string Soak(int days) => days switch
    {
        0 => "no soak",
        7 => "a week's soak",
        1 => "a day's soak",
        _ => $"{days} days' soak",
    };
}

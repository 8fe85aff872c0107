using Gateflow.Dashboard.Migrations;

namespace Gateflow.Dashboard.RollbackHistory;

/// <summary>Rollbacks of one month.</summary>
/// <param name="Month">Its first day, UTC.</param>
/// <param name="Automatic">By a guardrail.</param>
/// <param name="ByHand">By a person.</param>
public sealed record RollbackMonth(DateOnly Month, int Automatic, int ByHand)
{
    public int Count => Automatic + ByHand;

    /// <summary>The last <paramref name="months"/> months up to now, oldest first, those without a rollback included.</summary>
    public static IReadOnlyList<RollbackMonth> Of(IReadOnlyList<RollbackView> rollbacks, DateTimeOffset now, int months = 12)
    {
        ArgumentNullException.ThrowIfNull(rollbacks);
        var last = MonthOf(now);
        var counted = rollbacks.GroupBy(r => MonthOf(r.At)).ToDictionary(g => g.Key, g => (Automatic: g.Count(r => r.Automatic), All: g.Count()));
        return [.. Enumerable.Range(0, months).Select(i => last.AddMonths(i + 1 - months)).Select(month =>
        {
            var (automatic, all) = counted.GetValueOrDefault(month);
            return new RollbackMonth(month, automatic, all - automatic);
        })];
    }

    private static DateOnly MonthOf(DateTimeOffset at) => new(at.UtcDateTime.Year, at.UtcDateTime.Month, 1);
}

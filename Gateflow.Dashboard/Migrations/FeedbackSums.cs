using Gateflow.Core.Rollout;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Migrations;

/// <summary>What users said of one arm's answers.</summary>
public sealed record FeedbackSum(string MigrationId, Arm Arm, long Count, double Sum);

/// <summary>Reads users' feedback, summed by migration and arm.</summary>
internal static class FeedbackSums
{
    public static async Task<IReadOnlyList<FeedbackSum>> ReadAsync(GateflowDb db, IReadOnlyList<string> migrations, CancellationToken cancellationToken)
    {
        if (migrations.Count == 0)
        {
            return [];
        }

        var sums = await db.Feedback.AsNoTracking().Where(f => f.MigrationId != null && migrations.Contains(f.MigrationId))
            .GroupBy(f => new { f.MigrationId, f.Arm })
            .Select(g => new { g.Key.MigrationId, g.Key.Arm, Count = g.LongCount(), Sum = g.Sum(f => f.Score) }).ToListAsync(cancellationToken);
        return [.. sums.Select(s => new FeedbackSum(s.MigrationId!, s.Arm, s.Count, s.Sum))];
    }
}

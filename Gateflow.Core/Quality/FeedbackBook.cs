using Gateflow.Core.Rollout;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.Quality;

/// <summary>What became of a user's word on an answer.</summary>
public enum FeedbackResult
{
    /// <summary>Stored; it says nothing of a migration's arm.</summary>
    Stored,

    /// <summary>Stored, and folded into the quality of its arm.</summary>
    Counted,

    /// <summary>No such request is known for that key.</summary>
    Unknown,

    /// <summary>The request was rated before.</summary>
    Repeated,
}

/// <summary>
/// Takes users' feedback. The arm is found among the latest answers of this node, else among the stored requests, which all nodes share. The table lets each
/// request be rated once, whichever node is asked.
/// </summary>
public sealed class FeedbackBook(IDbContextFactory<GateflowDb> databases, RecentAnswers recent, Judge judge, TimeProvider clock)
{
    /// <param name="keyId">The key of the caller: only the one that made the request may rate it.</param>
    /// <param name="score">[0, 1].</param>
    public async Task<FeedbackResult> AddAsync(string requestId, string keyId, double score, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if ((recent.Find(requestId) ?? await StoredAsync(db, requestId, cancellationToken)) is not { } answer || answer.KeyId != keyId)
        {
            return FeedbackResult.Unknown;
        }

        if (await db.Feedback.AnyAsync(f => f.RequestId == requestId, cancellationToken))
        {
            return FeedbackResult.Repeated;
        }

        db.Feedback.Add(new Feedback
        {
            RequestId = requestId, At = clock.GetUtcNow(), KeyId = keyId, MigrationId = answer.MigrationId, Arm = answer.Arm, Score = score,
        });
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException) when (!cancellationToken.IsCancellationRequested)
        {
            db.ChangeTracker.Clear();
            if (await db.Feedback.AnyAsync(f => f.RequestId == requestId, cancellationToken))
            {
                return FeedbackResult.Repeated; // another node was quicker
            }

            throw;
        }

        return answer.MigrationId is { } migration && judge.FoldFeedback(migration, answer.Arm, score, answer.Unit) ? FeedbackResult.Counted : FeedbackResult.Stored;
    }

    /// <summary>A request's row; what another model answered for an arm says nothing of the arm. It does not tell the unit (0).</summary>
    private static async Task<RatedAnswer?> StoredAsync(GateflowDb db, string requestId, CancellationToken cancellationToken)
    {
        var row = await db.Requests.AsNoTracking().Where(r => r.Id == requestId)
            .Select(r => new { r.KeyId, r.MigrationId, r.Arm, r.Outcome }).FirstOrDefaultAsync(cancellationToken);
        return row is null ? null
            : row.Outcome == OutcomeKind.Success ? new RatedAnswer(row.KeyId, row.MigrationId, row.Arm, Unit: 0)
            : new RatedAnswer(row.KeyId, null, Arm.None, 0);
    }
}

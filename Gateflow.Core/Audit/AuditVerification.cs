using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.Audit;

/// <summary>What a walk along the whole chain found.</summary>
/// <param name="Valid">True when every link holds and the last entry is the head.</param>
/// <param name="Entries">Entries that were found whole, before the first fault.</param>
/// <param name="HeadHash">Hash of the last of them: kept elsewhere, it proves later that nothing before it was rewritten.</param>
/// <param name="FirstBroken">Number of the first entry that is wrong or missing; null when none is.</param>
/// <param name="Reason">What is wrong with it; null when nothing is.</param>
public sealed record AuditVerification(bool Valid, long Entries, string HeadHash, long? FirstBroken, string? Reason)
{
    /// <summary>Reads every entry in order; constant memory, time grows with the log.</summary>
    public static async Task<AuditVerification> RunAsync(GateflowDb db, CancellationToken cancellationToken)
    {
        // the head first: entries that are written meanwhile lie behind it
        var (last, lastHash) = AuditChain.Parse(await db.SettingAsync(AuditChain.Head, cancellationToken) ?? AuditChain.Empty);
        var (count, previous) = (0L, AuditChain.Origin);
        await foreach (var entry in db.AuditLog.AsNoTracking().OrderBy(e => e.Sequence).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            var fault = entry.Sequence != count + 1 ? $"Entry {count + 1} is missing."
                : entry.PreviousHash != previous ? $"Entry {entry.Sequence} does not follow the entry before it: that was changed or replaced."
                : entry.Hash != AuditChain.HashOf(entry) ? $"Entry {entry.Sequence} was changed after it was written."
                : entry.Sequence == last && entry.Hash != lastHash ? $"Entry {entry.Sequence} is not the one that the head of the chain names: the log was rewritten."
                : null;
            if (fault is not null)
            {
                return new AuditVerification(false, count, previous, count + 1, fault);
            }

            (count, previous) = (entry.Sequence, entry.Hash);
        }

        return count < last
            ? new AuditVerification(false, count, previous, count + 1, $"Entry {count + 1} is missing: the log was cut off at its end.")
            : new AuditVerification(true, count, previous, null, null);
    }
}

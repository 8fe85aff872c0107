using System.Runtime.InteropServices;
using Gateflow.Core.Rollout;
using Gateflow.Core.Usage;

namespace Gateflow.Core.Quality;

/// <param name="KeyId">Who asked.</param>
/// <param name="Unit">Whom the rating counts for; see <see cref="ArmOutcome.Unit"/>. 0 when it is not known.</param>
public sealed record RatedAnswer(string KeyId, string? MigrationId, Arm Arm, ulong Unit);

/// <summary>
/// The latest answers of running migrations, for feedback that comes before they are stored, or of which no row was kept. Bounded, thread-safe.
/// Each is kept in place, by a hash of its id: an object for each would be moved by every collection. Feedback is rare, and looks through them.
/// </summary>
public sealed class RecentAnswers
{
    private const int Most = 10_000;

    private readonly Lock _gate = new();
    private readonly Entry[] _entries = new Entry[Most];
    private int _next;

    /// <summary>Remembers an answer that its arm's own model gave; the oldest is forgotten.</summary>
    public void Add(RequestRecord record)
    {
        var hash = Hash(record.RequestId);
        lock (_gate)
        {
            _entries[_next] = new Entry(hash, record.KeyId, record.MigrationId, record.Arm, record.Unit);
            _next = (_next + 1) % Most;
        }
    }

    public RatedAnswer? Find(string requestId)
    {
        var hash = Hash(requestId);
        lock (_gate)
        {
            foreach (ref readonly var entry in _entries.AsSpan())
            {
                if (entry.Hash == hash && entry.KeyId is not null)
                {
                    return new RatedAnswer(entry.KeyId, entry.MigrationId, entry.Arm, entry.Unit);
                }
            }

            return null;
        }
    }

    private static ulong Hash(string requestId) => StableHash.Of(MemoryMarshal.AsBytes(requestId.AsSpan()));

    private readonly record struct Entry(ulong Hash, string KeyId, string? MigrationId, Arm Arm, ulong Unit);
}

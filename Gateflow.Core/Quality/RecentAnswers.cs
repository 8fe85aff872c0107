using System.Runtime.InteropServices;
using Gateflow.Core.Rollout;
using Gateflow.Core.Usage;

namespace Gateflow.Core.Quality;

/// <param name="KeyId">Who asked.</param>
/// <param name="Unit">Whom the rating counts for; see <see cref="ArmOutcome.Unit"/>. 0 when it is not known.</param>
public sealed record RatedAnswer(string KeyId, string? MigrationId, Arm Arm, ulong Unit);

/// <summary>
/// The latest answers of running migrations, for feedback that comes before they are stored, or of which no row was kept. Bounded, thread-safe.
/// Each is kept in place, 40 bytes with the hash of its id: an object for each would be moved by every collection. Feedback is rare, and looks through the hashes.
/// </summary>
public sealed class RecentAnswers
{
    /// <summary>Answers remembered, an hour's at a hundred a second: users take a while to say something.</summary>
    public const int Most = 360_000;

    private readonly Lock _gate = new();
    private ulong[] _hashes = new ulong[1_000];
    private Entry[] _entries = new Entry[1_000];
    private int _count;
    private int _next;

    /// <summary>Remembers an answer that its arm's own model gave; the oldest is forgotten.</summary>
    public void Add(RequestRecord record)
    {
        var hash = Hash(record.RequestId);
        lock (_gate)
        {
            if (_next == _entries.Length)
            {
                Array.Resize(ref _hashes, Math.Min(2 * _next, Most));
                Array.Resize(ref _entries, _hashes.Length);
            }

            (_hashes[_next], _entries[_next]) = (hash, new Entry(record.KeyId, record.MigrationId, record.Arm, record.Unit));
            _next = (_next + 1) % Most;
            _count = Math.Max(_count, _next == 0 ? Most : _next);
        }
    }

    public RatedAnswer? Find(string requestId)
    {
        var hash = Hash(requestId);
        lock (_gate)
        {
            return _hashes.AsSpan(0, _count).IndexOf(hash) is var at and >= 0 ? _entries[at].Answer : null;
        }
    }

    private static ulong Hash(string requestId) => StableHash.Of(MemoryMarshal.AsBytes(requestId.AsSpan()));

    private readonly record struct Entry(string KeyId, string? MigrationId, Arm Arm, ulong Unit)
    {
        public RatedAnswer Answer => new(KeyId, MigrationId, Arm, Unit);
    }
}

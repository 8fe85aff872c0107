using System.Diagnostics;

namespace Gateflow.Core.Fleet;

/// <summary>
/// The time of the database, which all nodes share: step times, hold times and windows written by one node mean the same on every other, and
/// no node's wall clock matters, however wrong it is or wherever it jumps. Between two looks at the database the monotonic clock carries
/// it on; before the first, this machine's clock stands in. Timers and timestamps are the machine's.
/// </summary>
public sealed class DatabaseClock : TimeProvider
{
    private volatile Anchor _anchor;

    /// <param name="machine">This machine's clock.</param>
    public DatabaseClock(TimeProvider machine) => _anchor = new Anchor(machine.GetUtcNow().UtcTicks, Stopwatch.GetTimestamp());

    public override DateTimeOffset GetUtcNow()
    {
        var anchor = _anchor;
        return new DateTimeOffset(anchor.UtcTicks + Stopwatch.GetElapsedTime(anchor.At).Ticks, TimeSpan.Zero);
    }

    /// <summary>Takes over the database's time, as it was read between two timestamps of this machine; the middle is the best guess.</summary>
    /// <param name="database">What the database said.</param>
    /// <param name="asked">Timestamp before the question.</param>
    /// <param name="answered">Timestamp after the answer.</param>
    public void Set(DateTimeOffset database, long asked, long answered) =>
        _anchor = new Anchor(database.UtcTicks, asked + ((answered - asked) / 2));

    private sealed record Anchor(long UtcTicks, long At);
}

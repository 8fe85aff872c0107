using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace Gateflow.Core.Alerts;

/// <summary>
/// The gate between those who notice something and the alerts in the database: a bounded queue that is written without waiting.
/// A full queue drops the notice and counts it, never a request's time.
/// </summary>
public sealed class AlertBell
{
    private readonly Channel<AlertNotice> _queue;
    private long _dropped;

    /// <param name="capacity">Most notices that may wait.</param>
    public AlertBell(int capacity = 1_000)
    {
        _queue = Channel.CreateBounded<AlertNotice>(
            new BoundedChannelOptions(capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    }

    /// <summary>Notices that did not fit since the start.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Hands a notice over; false when the queue is full and it was dropped.</summary>
    public bool Ring(AlertNotice notice)
    {
        if (_queue.Writer.TryWrite(notice))
        {
            return true;
        }

        Interlocked.Increment(ref _dropped);
        return false;
    }

    /// <summary>Takes the next notice that waits.</summary>
    public bool TryTake([NotNullWhen(true)] out AlertNotice? notice) => _queue.Reader.TryRead(out notice);
}

using System.Threading.Channels;

namespace Gateflow.Core.Usage;

/// <summary>
/// The gate between the request's path and the database: a bounded queue that is written without waiting and drained all the time.
/// A full queue drops the record and counts it, never the caller's time.
/// </summary>
public sealed class Recorder
{
    private readonly Channel<RequestRecord> _queue;
    private long _dropped;

    /// <param name="capacity">Most records that may wait.</param>
    public Recorder(int capacity = 100_000)
    {
        _queue = Channel.CreateBounded<RequestRecord>(
            new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.Wait });
    }

    /// <summary>Records that did not fit since the start.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Records that wait now.</summary>
    public int Waiting => _queue.Reader.Count;

    /// <summary>False drops every record uncounted: nothing is known of usage then, and replays and analyses have nothing to go on.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Hands a record over; false when the queue is full and it was dropped.</summary>
    public bool TryRecord(RequestRecord record)
    {
        if (!Enabled)
        {
            return true;
        }

        if (_queue.Writer.TryWrite(record))
        {
            return true;
        }

        Interlocked.Increment(ref _dropped);
        return false;
    }

    /// <summary>Takes the next record that waits.</summary>
    public bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out RequestRecord? record) => _queue.Reader.TryRead(out record);

    /// <summary>Waits until there is a record to take.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken cancellationToken) => _queue.Reader.WaitToReadAsync(cancellationToken);

    /// <summary>Takes the next record, and waits for one.</summary>
    public ValueTask<RequestRecord> TakeAsync(CancellationToken cancellationToken) => _queue.Reader.ReadAsync(cancellationToken);
}

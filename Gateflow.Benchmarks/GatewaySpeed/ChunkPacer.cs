using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Gateflow.Benchmarks.GatewaySpeed;

/// <summary>
/// Sends the chunks of many streams, each at its time to some fifty microseconds. The runtime's timers go by the millisecond: they would send the chunks of all streams that are due
/// within one in a burst, as no providers do.
/// </summary>
internal sealed partial class ChunkPacer : IDisposable
{
    private const int LongestSleepNs = 200_000; // a stream that comes meanwhile may be due earlier

    private readonly PriorityQueue<PacedStream, long> _due = new();
    private readonly Thread _thread;
    private volatile bool _stopped;

    public ChunkPacer()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "chunk pacer" };
        _thread.Start();
    }

    /// <summary>Sends <paramref name="count"/> chunks, the first after one pause; ends with the last, and throws when the other side has gone.</summary>
    /// <param name="write">Writes a chunk and answers its length.</param>
    public Task SendAsync(Socket socket, int count, TimeSpan pause, Func<Span<byte>, int> write)
    {
        var stream = new PacedStream(socket, count, (long)(pause.TotalSeconds * Stopwatch.Frequency), write);
        lock (_due)
        {
            _due.Enqueue(stream, Stopwatch.GetTimestamp() + stream.Pause);
            Monitor.Pulse(_due);
        }

        return stream.Done.Task;
    }

    public void Dispose()
    {
        _stopped = true;
        lock (_due)
        {
            Monitor.Pulse(_due);
        }

        _thread.Join();
    }

    private void Run()
    {
        Span<byte> buffer = stackalloc byte[512];
        while (!_stopped)
        {
            if (Next(out var due) is { } stream)
            {
                Send(stream, due, buffer);
            }
        }
    }

    /// <summary>The stream whose chunk is due; null after a short sleep when there is none.</summary>
    private PacedStream? Next(out long due)
    {
        long wait;
        lock (_due)
        {
            if (!_due.TryPeek(out _, out due))
            {
                Monitor.Wait(_due, TimeSpan.FromMilliseconds(100));
                return null;
            }

            wait = due - Stopwatch.GetTimestamp();
            if (wait <= 0)
            {
                return _due.Dequeue();
            }
        }

        var time = new TimeSpec { Nanoseconds = (nint)Math.Min(wait * 1_000_000_000.0 / Stopwatch.Frequency, LongestSleepNs) };
        _ = NanoSleep(time, 0);
        return null;
    }

    private void Send(PacedStream stream, long due, Span<byte> buffer)
    {
        try
        {
            stream.Socket.Send(buffer[..stream.Write(buffer)]);
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
        {
            stream.Done.SetException(fault);
            return;
        }

        if (--stream.Left == 0)
        {
            stream.Done.SetResult();
            return;
        }

        lock (_due)
        {
            _due.Enqueue(stream, due + stream.Pause);
        }
    }

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    private static partial int NanoSleep(in TimeSpec time, nint remaining);

    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }

    private sealed class PacedStream(Socket socket, int count, long pause, Func<Span<byte>, int> write)
    {
        public Socket Socket { get; } = socket;

        public int Left { get; set; } = count;

        /// <summary>Ticks of the stopwatch between two chunks.</summary>
        public long Pause { get; } = pause;

        public Func<Span<byte>, int> Write { get; } = write;

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

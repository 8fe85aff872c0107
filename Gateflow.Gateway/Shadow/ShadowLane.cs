using System.Diagnostics.CodeAnalysis;

namespace Gateflow.Gateway.Shadow;

/// <summary>The copies of one migration that wait, bounded in number and bytes, and the few at a time that are sent. Nobody who adds one waits.</summary>
/// <param name="options">The bounds.</param>
/// <param name="send">Sends one copy and disposes it; never throws.</param>
internal sealed class ShadowLane(ShadowOptions options, Func<ShadowCopy, Task> send)
{
    private readonly Lock _lock = new();
    private readonly Queue<ShadowCopy> _waiting = [];
    private TaskCompletionSource? _idle;
    private int _places;
    private long _bytes;
    private int _running;

    /// <summary>Copies that wait to be sent.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Takes a place for a copy of so many bytes; false when there is none.</summary>
    public bool TryTake(long bytes)
    {
        lock (_lock)
        {
            if (_places >= options.Capacity || _bytes + bytes > options.MaxBytes)
            {
                return false;
            }

            _places++;
            _bytes += bytes;
            return true;
        }
    }

    /// <summary>Makes room for an answer beside a copy; false when there is none. The last half is left to copies: one that is not compared is still judged.</summary>
    public bool TryGrow(long bytes)
    {
        lock (_lock)
        {
            if (_bytes + bytes > options.MaxBytes / 2)
            {
                return false;
            }

            _bytes += bytes;
            return true;
        }
    }

    /// <summary>Gives room back that <see cref="TryGrow"/> made.</summary>
    public void Shrink(long bytes)
    {
        lock (_lock)
        {
            _bytes -= bytes;
        }
    }

    /// <summary>Gives a place back; negative when it was given back already.</summary>
    public void Leave(long bytes)
    {
        if (bytes < 0)
        {
            return;
        }

        lock (_lock)
        {
            _places--;
            _bytes -= bytes;
        }
    }

    /// <summary>Puts a copy behind the others.</summary>
    public void Add(ShadowCopy copy)
    {
        lock (_lock)
        {
            _waiting.Enqueue(copy);
            if (_running >= options.Concurrency)
            {
                return;
            }

            _running++;
        }

        _ = Task.Run(RunAsync);
    }

    /// <summary>Takes out whatever waits.</summary>
    public IReadOnlyList<ShadowCopy> Clear()
    {
        lock (_lock)
        {
            List<ShadowCopy> left = [.. _waiting];
            _waiting.Clear();
            return left;
        }
    }

    /// <summary>Ends when nothing waits and nothing is under way.</summary>
    public Task WhenIdle()
    {
        lock (_lock)
        {
            return _running == 0 ? Task.CompletedTask : (_idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    private async Task RunAsync()
    {
        while (TryNext(out var copy))
        {
            await send(copy);
        }
    }

    private bool TryNext([NotNullWhen(true)] out ShadowCopy? copy)
    {
        lock (_lock)
        {
            if (_waiting.TryDequeue(out copy))
            {
                return true;
            }

            if (--_running == 0)
            {
                _idle?.TrySetResult();
                _idle = null;
            }

            return false;
        }
    }
}

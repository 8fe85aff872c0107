using Microsoft.Extensions.Logging;

namespace Gateflow.Core.Usage;

/// <summary>
/// The batches that wait to be stored, in their order: those on disk, then those in memory. A batch whose commit is in doubt is known by being the last one stored, so
/// none may overtake it: the one that was given out stays the first until it is done. Not thread-safe, but for <see cref="Fold"/> and <see cref="Requests"/>.
/// </summary>
internal sealed partial class UsageBacklog(OpenBatch open, RecorderSpool spool, ILogger logger)
{
    private UsageBatch? _first;
    private string? _file;
    private UsageBatch? _unwritten;
    private bool _diskRefuses;

    /// <summary>Requests that wait in memory.</summary>
    public int Requests => open.Waiting + (Volatile.Read(ref _first)?.Requests ?? 0) + (Volatile.Read(ref _unwritten)?.Requests ?? 0);

    /// <summary>Folds what waits in the recorder.</summary>
    public void Fold() => open.Fold();

    /// <summary>Closes what is folded so far; behind batches on disk it goes there, else a kill would lose it while they are stored.</summary>
    public void Gather()
    {
        open.Fold();
        open.Close();
        if (_first is null && spool.Oldest() is not null)
        {
            TryWrite();
        }
    }

    /// <summary>The first batch, the same until <see cref="Done"/>; null when none waits.</summary>
    public UsageBatch? First()
    {
        while (_first is null && spool.Oldest() is { } file)
        {
            (_first, _file) = (spool.TryRead(file), file);
            if (_first is null)
            {
                _file = null;
                LogDamaged(file);
            }
        }

        _first ??= Next();
        return _first;
    }

    /// <summary>Forgets the first batch: it is stored.</summary>
    public void Done()
    {
        if (_file is { } file)
        {
            File.Delete(file);
        }

        (_first, _file) = (null, null);
    }

    /// <summary>Leaves all for later, on disk where it takes it.</summary>
    public void Leave()
    {
        TryWrite();
        if (_file is not null)
        {
            (_first, _file) = (null, null);
        }
    }

    /// <summary>Writes all that came so far to disk, where it outlives the program. False when the disk does not take it; it stays in memory then.</summary>
    public bool TrySave()
    {
        Gather();
        return TryWrite();
    }

    private bool TryWrite()
    {
        try
        {
            if (_first is { } first)
            {
                _file ??= spool.Append(first);
            }

            while ((_unwritten ??= open.Take()) is { } batch)
            {
                spool.Append(batch);
                _unwritten = null;
            }

            _diskRefuses = false;
            return true;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            if (!_diskRefuses)
            {
                _diskRefuses = true;
                LogDiskRefuses(fault.GetType().Name, fault.Message);
            }

            return false;
        }
    }

    private UsageBatch? Next()
    {
        var next = _unwritten ?? open.Take();
        _unwritten = null;
        return next;
    }

    [LoggerMessage(LogLevel.Error, "The spool cannot be written; usage waits in memory and is dropped, and counted, when there is too much of it: {Kind}: {Message}")]
    private partial void LogDiskRefuses(string kind, string message);

    [LoggerMessage(LogLevel.Error, "{File} cannot be read as spooled usage; it was renamed and is left out")]
    private partial void LogDamaged(string file);
}

using Gateflow.Core.Access;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Gateflow.Core.Usage;

/// <summary>
/// Empties the <see cref="Recorder"/> into the database: rollups, arm windows, logged requests, the judge's states, samples. Each batch is one
/// short transaction and is stored exactly once. While the database is away the batches wait on disk, and the gateway serves on.
/// </summary>
public sealed partial class RecorderWriter : IDisposable
{
    /// <summary>Turns after which a batch that fails while the database takes other writes is set aside: it would keep all others waiting.</summary>
    private const int MaxTries = 5;

    /// <summary>Least time between two calls of <see cref="FoldAsync"/>: requests are folded in dozens, and few wait when memory is collected.</summary>
    public static readonly TimeSpan FoldPeriod = TimeSpan.FromMilliseconds(25);

    /// <summary>Time after which no further batch is begun in a turn.</summary>
    private static readonly TimeSpan TurnLimit = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    private readonly Recorder _recorder;
    private readonly TimeProvider _clock;
    private readonly ILogger<RecorderWriter> _logger;
    private readonly RecorderSpool _spool;
    private readonly BatchStore _store;
    private readonly SampleStore _samples;
    private readonly OpenBatch _open;
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly HashSet<string> _written = new(StringComparer.Ordinal);
    private (Guid Batch, int Times) _failed;
    private UsageBatch? _taken;
    private string? _takenFile;
    private UsageBatch? _unwritten;
    private bool _diskRefuses;
    private volatile bool _away;

    /// <param name="routes">The route table in force: weights and demo keys are read from it.</param>
    public RecorderWriter(
        Recorder recorder, IDbContextFactory<GateflowDb> databases, Func<RouteTable> routes, Judge judge,
        ISecretProtector protector, SamplePolicy samples, RecorderOptions options, TimeProvider clock, ILogger<RecorderWriter> logger)
    {
        (_recorder, _clock, _logger) = (recorder, clock, logger);
        _spool = new RecorderSpool(Path.Combine(options.DataDirectory, "spool", string.Join('_', options.Node.Split(Path.GetInvalidFileNameChars()))), protector, samples);
        var demo = new DemoKeys(routes);
        _store = new BatchStore(databases, demo, judge, options.Node, clock);
        _samples = new SampleStore(databases, protector, demo, samples, clock);
        _open = new OpenBatch(recorder, demo, options, clock);
    }

    /// <summary>Raised after a turn with the migrations of which windows or evidence were written; not when there were none.</summary>
    public event Action<IReadOnlyCollection<string>>? Written;

    /// <summary>Requests that are folded and wait in memory to be stored.</summary>
    public int Waiting => _open.Waiting + (Volatile.Read(ref _taken)?.Requests ?? 0) + (Volatile.Read(ref _unwritten)?.Requests ?? 0);

    /// <summary>True while the database takes nothing.</summary>
    public bool IsAway => _away;

    /// <summary>Waits for a request and folds it, with those that came meanwhile, into what the next turn stores. To be called again and again, beside the turns.</summary>
    public async Task FoldAsync(CancellationToken cancellationToken)
    {
        await _recorder.WaitAsync(cancellationToken);
        _open.Fold();
    }

    /// <summary>One turn. Returns the number of requests stored; a database that is away is logged once and not thrown.</summary>
    public async Task<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            Gather();
            return await FlushAsync(cancellationToken);
        }
        finally
        {
            Announce();
            _one.Release();
        }
    }

    /// <summary>The last turn: stores everything that waits, or leaves it on disk for the next start. Nothing is lost by a clean stop.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(CancellationToken.None);
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(StopLimit);
            do
            {
                Gather();
                await FlushAsync(limit.Token);
            }
            while (_recorder.Waiting > 0 && !_away);
        }
        catch (OperationCanceledException)
        {
            // out of time: what is left goes to disk
        }
        finally
        {
            do
            {
                Gather();
            }
            while (TrySpool() && _recorder.Waiting > 0);

            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private void Gather()
    {
        _open.Fold();
        _open.Close();
    }

    private async Task<int> FlushAsync(CancellationToken cancellationToken)
    {
        try
        {
            var stored = await StoreWhatWaitsAsync(cancellationToken);
            _written.UnionWith(await PatientlyAsync(() => _store.StoreAsync(null, cancellationToken)));
            if (_away)
            {
                _away = false;
                LogBack(stored);
            }

            return stored;
        }
        catch (OperationCanceledException)
        {
            _store.Forget();
            throw;
        }
        catch (Exception fault)
        {
            _store.Forget();
            if (!_away)
            {
                _away = true;
                LogAway(fault.GetType().Name, fault.Message);
            }

            if (TrySpool())
            {
                (_taken, _takenFile) = (null, null); // it is on disk, and the first that is tried again
            }

            return 0;
        }
    }

    /// <summary>
    /// Stores what waits, oldest first, for about a second. A batch whose commit is in doubt is known by being the last one stored, so nothing may overtake it: it is tried again
    /// before all others, in memory as on disk.
    /// </summary>
    private async Task<int> StoreWhatWaitsAsync(CancellationToken cancellationToken)
    {
        if (_taken is null && _spool.Oldest() is not null)
        {
            TrySpool(); // behind those on disk, else a kill would lose it while they are stored
        }

        var (stored, begun) = (0, _clock.GetTimestamp());
        do
        {
            if (_taken is null && _spool.Oldest() is { } file)
            {
                if (_spool.TryRead(file) is not { } kept)
                {
                    LogSpoolDamaged(file);
                    continue;
                }

                stored += await PatientlyAsync(() => StoreAsync(kept, cancellationToken));
                File.Delete(file);
            }
            else if ((_taken ??= Next()) is { } batch)
            {
                stored += await PatientlyAsync(() => StoreAsync(batch, cancellationToken));
                if (_takenFile is { } written)
                {
                    File.Delete(written);
                }

                (_taken, _takenFile) = (null, null);
            }
            else
            {
                break;
            }
        }
        while (_clock.GetElapsedTime(begun) < TurnLimit);

        return stored;
    }

    /// <summary>Waits for work with the database. Each second that it takes longer, what waits in memory goes to disk: a kill would lose it.</summary>
    private async Task<T> PatientlyAsync<T>(Func<Task<T>> work)
    {
        var working = Task.Run(work, CancellationToken.None); // some drivers keep the thread while they wait
        while (await Task.WhenAny(working, Task.Delay(Patience, _clock)) != working)
        {
            Gather();
            TrySpool();
        }

        return await working;
    }

    private UsageBatch? Next()
    {
        var next = _unwritten ?? _open.Take();
        _unwritten = null;
        return next;
    }

    private async Task<int> StoreAsync(UsageBatch batch, CancellationToken cancellationToken)
    {
        try
        {
            _written.UnionWith(await _store.StoreAsync(batch, cancellationToken));
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            _failed = (batch.Id, _failed.Batch == batch.Id ? _failed.Times + 1 : 1);
            if (_failed.Times < MaxTries || !await _store.TakesWritesAsync(cancellationToken))
            {
                throw;
            }

            _store.Forget();
            LogSetAside(batch.Requests, _spool.SetAside(batch), fault.GetType().Name, fault.Message);
            return 0;
        }

        try
        {
            await _samples.AddAsync(batch.Samples, cancellationToken);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            LogSamplesLost(fault.GetType().Name, fault.Message);
        }

        return batch.Requests;
    }

    private void Announce()
    {
        if (_written.Count > 0)
        {
            Written?.Invoke([.. _written]);
            _written.Clear();
        }
    }

    /// <summary>Writes what waits in memory to disk, that which is being stored first: it outlives the program there. False when the disk does not take it either; it stays in memory then.</summary>
    private bool TrySpool()
    {
        try
        {
            if (_taken is { } taken)
            {
                _takenFile ??= _spool.Append(taken);
            }

            while ((_unwritten ??= _open.Take()) is { } batch)
            {
                _spool.Append(batch);
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

    [LoggerMessage(LogLevel.Warning, "The database does not take usage; it waits on disk until it does: {Kind}: {Message}")]
    private partial void LogAway(string kind, string message);

    [LoggerMessage(LogLevel.Information, "The database takes usage again; {Requests} requests that waited are stored")]
    private partial void LogBack(int requests);

    [LoggerMessage(LogLevel.Error, "The spool cannot be written; usage waits in memory and is dropped, and counted, when there is too much of it: {Kind}: {Message}")]
    private partial void LogDiskRefuses(string kind, string message);

    [LoggerMessage(LogLevel.Error, "{File} cannot be read as spooled usage; it was renamed and is left out")]
    private partial void LogSpoolDamaged(string file);

    [LoggerMessage(LogLevel.Error, "The usage of {Requests} requests cannot be stored, though the database takes other writes. It is set aside as {File}; without the ending .refused it is tried again. {Kind}: {Message}")]
    private partial void LogSetAside(int requests, string file, string kind, string message);

    [LoggerMessage(LogLevel.Warning, "Samples of some requests were not kept: {Kind}: {Message}")]
    private partial void LogSamplesLost(string kind, string message);
}

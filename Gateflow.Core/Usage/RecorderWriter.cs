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
    /// <summary>Turns after which a batch that fails while the database takes other writes, and always will, is set aside: it would keep all others waiting.</summary>
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
    private readonly UsageBacklog _backlog;
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly HashSet<string> _written = new(StringComparer.Ordinal);
    private (Guid Batch, int Times) _failed;
    private volatile bool _away;
    private bool _toldOthers;

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
        _backlog = new UsageBacklog(new OpenBatch(recorder, demo, options, clock), _spool, logger);
    }

    /// <summary>Raised after a turn with the migrations of which windows or evidence were written; not when there were none.</summary>
    public event Action<IReadOnlyCollection<string>>? Written;

    /// <summary>Requests that are folded and wait in memory to be stored.</summary>
    public int Waiting => _backlog.Requests;

    /// <summary>True while the database takes nothing.</summary>
    public bool IsAway => _away;

    /// <summary>Waits for a request and folds it, with those that came meanwhile, into what the next turn stores. To be called again and again, beside the turns.</summary>
    public async Task FoldAsync(CancellationToken cancellationToken)
    {
        await _recorder.WaitAsync(cancellationToken);
        _backlog.Fold();
    }

    /// <summary>One turn. Returns the number of requests stored; a database that is away is logged once and not thrown.</summary>
    public async Task<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            TellOthers();
            _backlog.Gather();
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
                _backlog.Gather();
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
            bool saved;
            do
            {
                saved = _backlog.TrySave();
            }
            while (saved && _recorder.Waiting > 0);

            if (!saved)
            {
                LogLost(_backlog.Requests + _recorder.Waiting);
            }

            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task<int> FlushAsync(CancellationToken cancellationToken)
    {
        try
        {
            var stored = await StoreWhatWaitsAsync(cancellationToken);
            if (stored == 0) // else the judge's states went with it
            {
                _written.UnionWith(await PatientlyAsync(() => _store.StoreAsync(null, cancellationToken)));
            }

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

            _backlog.Leave();
            return 0;
        }
    }

    /// <summary>Stores what waits, oldest first, for about a second.</summary>
    private async Task<int> StoreWhatWaitsAsync(CancellationToken cancellationToken)
    {
        var (stored, begun) = (0, _clock.GetTimestamp());
        while (_clock.GetElapsedTime(begun) < TurnLimit && _backlog.First() is { } batch)
        {
            stored += await PatientlyAsync(() => StoreAsync(batch, cancellationToken));
            _backlog.Done();
        }

        return stored;
    }

    /// <summary>Waits for work with the database. Each second that it takes longer, what waits in memory goes to disk: a kill would lose it.</summary>
    private async Task<T> PatientlyAsync<T>(Func<Task<T>> work)
    {
        var working = Task.Run(work, CancellationToken.None); // some drivers keep the thread while they wait
        while (await Task.WhenAny(working, Task.Delay(Patience, _clock)) != working)
        {
            _backlog.TrySave();
        }

        return await working;
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
            if (_failed.Times < MaxTries || DatabaseFault.MayPass(fault) || !await _store.TakesWritesAsync(cancellationToken))
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

    /// <summary>Says once what a node of another name left behind: it may still run, so nobody else takes it.</summary>
    private void TellOthers()
    {
        foreach (var other in _toldOthers ? [] : _spool.Others())
        {
            LogOther(other);
        }

        _toldOthers = true;
    }

    private void Announce()
    {
        if (_written.Count > 0)
        {
            Written?.Invoke([.. _written]);
            _written.Clear();
        }
    }

    [LoggerMessage(LogLevel.Warning, "The database does not take usage; it waits on disk until it does: {Kind}: {Message}")]
    private partial void LogAway(string kind, string message);

    [LoggerMessage(LogLevel.Information, "The database takes usage again; {Requests} requests that waited are stored")]
    private partial void LogBack(int requests);

    [LoggerMessage(LogLevel.Error, "The usage of {Requests} requests cannot be stored, though the database takes other writes. It is set aside as {File}; without the ending .refused it is tried again. {Kind}: {Message}")]
    private partial void LogSetAside(int requests, string file, string kind, string message);

    [LoggerMessage(LogLevel.Warning, "Usage of a node called {Node} waits in the spool. It is stored once a node of that name (Gateflow:Node) runs with this data directory")]
    private partial void LogOther(string node);

    [LoggerMessage(LogLevel.Error, "The program stops while neither the database nor the spool takes usage: that of {Requests} requests is lost")]
    private partial void LogLost(long requests);

    [LoggerMessage(LogLevel.Warning, "Samples of some requests were not kept: {Kind}: {Message}")]
    private partial void LogSamplesLost(string kind, string message);
}

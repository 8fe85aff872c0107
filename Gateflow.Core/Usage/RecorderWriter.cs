using Gateflow.Core.Access;
using Gateflow.Core.Catalog;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Gateflow.Core.Usage;

/// <summary>
/// Empties the <see cref="Recorder"/> into the database: rollups, arm windows, logged requests, the judge's states, samples. Each batch is one
/// short transaction and is stored exactly once. While the database is away requests wait in memory, then on disk, and the gateway serves on.
/// </summary>
public sealed partial class RecorderWriter : IDisposable
{
    /// <summary>Most requests taken in one turn: what does not fit waits in the recorder.</summary>
    private const int TurnRecords = 50_000;

    /// <summary>Turns after which a batch that fails while the database takes other writes is set aside: it would keep all others waiting.</summary>
    private const int MaxTries = 5;

    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    private readonly Recorder _recorder;
    private readonly RecorderOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<RecorderWriter> _logger;
    private readonly RecorderSpool _spool;
    private readonly BatchStore _store;
    private readonly SampleStore _samples;
    private readonly Queue<UsageBatch> _waiting = [];
    private readonly SemaphoreSlim _one = new(1, 1);
    private long _lastDrain;
    private readonly HashSet<string> _written = new(StringComparer.Ordinal);
    private (Guid Batch, int Times) _failed;
    private int _waitingRecords;
    private volatile bool _away;

    /// <param name="routes">The route table in force: weights and demo keys are read from it.</param>
    public RecorderWriter(
        Recorder recorder, IDbContextFactory<GateflowDb> databases, CatalogReader catalog, Func<RouteTable> routes, Judge judge,
        ISecretProtector protector, SamplePolicy samples, RecorderOptions options, TimeProvider clock, ILogger<RecorderWriter> logger)
    {
        (_recorder, _options, _clock, _logger) = (recorder, options, clock, logger);
        _spool = new RecorderSpool(Path.Combine(options.DataDirectory, "spool", string.Join('_', options.Node.Split(Path.GetInvalidFileNameChars()))), protector, samples);
        var demo = new DemoKeys(routes);
        _store = new BatchStore(databases, catalog, demo, judge, options.Node, clock);
        _samples = new SampleStore(databases, protector, demo, samples, clock);
        _lastDrain = clock.GetTimestamp();
    }

    /// <summary>Raised after a turn with the migrations of which windows or evidence were written; not when there were none.</summary>
    public event Action<IReadOnlyCollection<string>>? Written;

    /// <summary>Requests that wait in memory to be stored.</summary>
    public int Waiting => Volatile.Read(ref _waitingRecords);

    /// <summary>True while the database takes nothing.</summary>
    public bool IsAway => _away;

    /// <summary>One turn. Returns the number of requests stored; a database that is away is logged once and not thrown.</summary>
    public async Task<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            Drain();
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
                Drain();
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
            while (_recorder.Waiting > 0)
            {
                Drain();
            }

            Spool();
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private void Drain()
    {
        var records = new List<RequestRecord>();
        while (records.Count < TurnRecords && _recorder.TryTake(out var record))
        {
            records.Add(record);
        }

        var seconds = Math.Clamp(_clock.GetElapsedTime(_lastDrain).TotalSeconds, 0, 2);
        _lastDrain = _clock.GetTimestamp();
        var rates = RequestLog.Rates(records, (int)(RequestLog.PerSecond * seconds));
        for (var from = 0; from < records.Count;)
        {
            var (to, rows) = (from, 0);
            while (to < records.Count && to - from < _options.BatchRecords && rows < _options.BatchRows)
            {
                rows += rates[to++] > 0 ? 1 : 0;
            }

            _waiting.Enqueue(new UsageBatch
            {
                Id = Guid.CreateVersion7(_clock.GetUtcNow()), Records = records[from..to], Rates = [.. rates.Skip(from).Take(to - from)],
            });
            from = to;
        }

        Interlocked.Add(ref _waitingRecords, records.Count);
    }

    private void Done() => Interlocked.Add(ref _waitingRecords, -_waiting.Dequeue().Records.Count);

    private async Task<int> FlushAsync(CancellationToken cancellationToken)
    {
        try
        {
            var stored = await UnspoolAsync(cancellationToken);
            while (_waiting.TryPeek(out var batch))
            {
                stored += await StoreAsync(batch, cancellationToken);
                Done();
            }

            _written.UnionWith(await _store.StoreAsync(null, cancellationToken));
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

            if (Waiting > _options.SpoolAbove)
            {
                Spool();
            }

            return 0;
        }
    }

    private async Task<int> UnspoolAsync(CancellationToken cancellationToken)
    {
        var stored = 0;
        foreach (var file in _spool.Files())
        {
            if (_spool.TryRead(file) is not { } batch)
            {
                LogSpoolDamaged(file);
                continue;
            }

            stored += await StoreAsync(batch, cancellationToken);
            File.Delete(file);
        }

        return stored;
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
            LogSetAside(batch.Records.Count, _spool.SetAside(batch), fault.GetType().Name, fault.Message);
            return 0;
        }

        try
        {
            await _samples.AddAsync(batch.Records, cancellationToken);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            LogSamplesLost(fault.GetType().Name, fault.Message);
        }

        return batch.Records.Count;
    }

    private void Announce()
    {
        if (_written.Count > 0)
        {
            Written?.Invoke([.. _written]);
            _written.Clear();
        }
    }

    private void Spool()
    {
        while (_waiting.TryPeek(out var batch))
        {
            _spool.Append(batch);
            Done();
        }
    }

    [LoggerMessage(LogLevel.Warning, "The database does not take usage; it waits in memory and on disk until it does: {Kind}: {Message}")]
    private partial void LogAway(string kind, string message);

    [LoggerMessage(LogLevel.Information, "The database takes usage again; {Requests} requests that waited are stored")]
    private partial void LogBack(int requests);

    [LoggerMessage(LogLevel.Error, "{File} cannot be read as spooled usage; it was renamed and is left out")]
    private partial void LogSpoolDamaged(string file);

    [LoggerMessage(LogLevel.Error, "The usage of {Requests} requests cannot be stored, though the database takes other writes. It is set aside as {File}; without the ending .refused it is tried again. {Kind}: {Message}")]
    private partial void LogSetAside(int requests, string file, string kind, string message);

    [LoggerMessage(LogLevel.Warning, "Samples of some requests were not kept: {Kind}: {Message}")]
    private partial void LogSamplesLost(string kind, string message);
}

using Gateflow.Core.Storage;

namespace Gateflow.Core.Usage;

/// <summary>
/// Folds requests into the batch that is stored next, moments after they come: whatever waits is copied by every garbage collection, and for the
/// second until the batch is stored only sums and chosen requests wait (docs/decisions/011). Thread-safe.
/// </summary>
internal sealed class OpenBatch(Recorder recorder, DemoKeys demo, RecorderOptions options, TimeProvider clock)
{
    /// <summary>Records folded before others that wait may have the processor.</summary>
    private const int FoldedAtOnce = 16;

    /// <summary>Batches that may wait to be stored or spooled; above, the recorder fills and then drops, counted.</summary>
    private const int MaxClosed = 64;

    private readonly Lock _gate = new();
    private readonly LogChoice _choice = new(clock);
    private readonly List<RequestRecord> _taken = [];
    private readonly Queue<UsageBatch> _closed = new();
    private UsageFolding _folding = new();
    private List<RequestRow> _rows = [];
    private List<RequestRecord> _samples = [];
    private int _requests;
    private int _waiting;

    /// <summary>Requests that are folded and not taken yet.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Folds what waits in the recorder, at most as much as waited when it began.</summary>
    public void Fold()
    {
        lock (_gate)
        {
            if (_closed.Count >= MaxClosed)
            {
                return;
            }

            for (var left = recorder.Waiting; left > 0 && recorder.TryTake(out var record); left--)
            {
                _taken.Add(record);
            }

            if (_taken.Count == 0)
            {
                return;
            }

            try
            {
                FoldTaken();
            }
            finally
            {
                _taken.Clear(); // after a fault some are folded already: rather lost than counted twice
            }
        }
    }

    /// <summary>What is folded later goes to another batch.</summary>
    public void Close()
    {
        lock (_gate)
        {
            CloseOpen();
        }
    }

    /// <summary>Takes the oldest closed batch; null when there is none.</summary>
    public UsageBatch? Take()
    {
        lock (_gate)
        {
            if (!_closed.TryDequeue(out var batch))
            {
                return null;
            }

            _waiting -= batch.Requests;
            return batch;
        }
    }

    private void FoldTaken()
    {
        demo.Refresh();
        var rates = _choice.Rates(_taken);
        for (var i = 0; i < _taken.Count; i++)
        {
            if (i % FoldedAtOnce == 0)
            {
                Processor.GiveWay();
            }

            var record = _taken[i];
            var isDemo = demo.IsDemo(record.KeyId);
            _folding.Add(record, countsUser: !isDemo);
            if (rates[i] > 0)
            {
                _rows.Add(RequestLog.Row(record, rates[i], isDemo));
            }

            if (!record.RequestBody.IsEmpty && record.ServedModel is not null)
            {
                _samples.Add(record);
            }

            _requests++;
            _waiting++;
            if (_rows.Count >= options.BatchRows)
            {
                CloseOpen();
            }
        }
    }

    private void CloseOpen()
    {
        if (_requests == 0)
        {
            return;
        }

        _closed.Enqueue(new UsageBatch
        {
            Id = Guid.CreateVersion7(clock.GetUtcNow()),
            Requests = _requests,
            Rollups = _folding.Rollups,
            Users = _folding.Users,
            Windows = _folding.Windows,
            Rows = _rows,
            Samples = _samples,
        });
        (_folding, _rows, _samples, _requests) = (new UsageFolding(), [], [], 0);
    }
}

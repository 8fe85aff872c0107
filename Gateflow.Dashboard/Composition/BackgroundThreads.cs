using System.Collections.Concurrent;

namespace Gateflow.Dashboard.Composition;

/// <summary>
/// The threads on which the turns of each second run. They get their fair share of a processor, but whatever wakes for a request goes first (<see cref="LongSlice"/>): on the thread pool a turn keeps
/// a core for milliseconds, and requests and chunks of streams wait behind it. Decision 014 has the figures.
/// </summary>
internal sealed class BackgroundThreads : TaskScheduler, IDisposable
{
    /// <summary>Some, for a turn that waits for a lock of the database must not hold up the others.</summary>
    private const int Threads = 4;

    [ThreadStatic]
    private static BackgroundThreads? t_owner;

    private readonly BlockingCollection<Task> _due = [];

    public BackgroundThreads()
    {
        for (var i = 0; i < Threads; i++)
        {
            new Thread(Work) { IsBackground = true, Name = "Gateflow turns", Priority = ThreadPriority.BelowNormal }.UnsafeStart();
        }
    }

    public override int MaximumConcurrencyLevel => Threads;

    /// <summary>Begins work here; what follows its awaits runs here, too, unless it asks for any thread.</summary>
    public Task RunAsync(Func<Task> work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this).Unwrap();

    /// <summary>Lets the threads end once nothing is due. What becomes due later runs on the thread pool.</summary>
    public void Dispose() => _due.CompleteAdding();

    protected override void QueueTask(Task task)
    {
        try
        {
            _due.Add(task);
        }
        catch (InvalidOperationException) // disposed
        {
            ThreadPool.UnsafeQueueUserWorkItem(static due => due.Scheduler.TryExecuteTask(due.Task), (Scheduler: this, Task: task), preferLocal: false);
        }
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => t_owner == this && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks() => _due.ToArray();

    private void Work()
    {
        t_owner = this;
        LongSlice.Ask();
        foreach (var task in _due.GetConsumingEnumerable())
        {
            TryExecuteTask(task);
        }
    }
}

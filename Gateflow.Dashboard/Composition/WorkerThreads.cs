namespace Gateflow.Dashboard.Composition;

/// <summary>
/// Keeps enough threads in the pool that requests need not wait for work that blocks one, such as writing a second's log rows to SQLite: the
/// runtime starts with as many as there are cores and adds one only after half a second of standstill (docs/decisions/008).
/// </summary>
internal static class WorkerThreads
{
    private const int Least = 4;

    /// <summary>Raises the least number of worker threads to four; machines with more cores have more already.</summary>
    public static void Configure()
    {
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(Math.Max(workers, Least), completions);
    }
}

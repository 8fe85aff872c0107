namespace Gateflow.Core.Storage;

/// <summary>
/// Good manners of work that nobody waits for. On few cores a burst of it keeps a processor for as long as the kernel lets it, milliseconds, and chunks of streams
/// wait behind it: decision 008 has the figures.
/// </summary>
internal static class Processor
{
    /// <summary>Lets a thread that waits for this processor go first; well under a microsecond when there is none. To be called every 100 µs or so.</summary>
    public static void GiveWay() => Thread.Yield();
}

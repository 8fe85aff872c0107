using System.Diagnostics;

namespace Gateflow.Core.Storage;

/// <summary>
/// Good manners of work that nobody waits for. On few cores a burst of it keeps a processor for as long as the kernel lets it, milliseconds, and chunks of streams
/// wait behind it: decision 008 has the figures.
/// </summary>
internal static class Processor
{
    /// <summary>Part of the time it gave away that a thread keeps for itself before it gives way again.</summary>
    private const int KeptPart = 8;

    private static readonly long s_mostKept = Stopwatch.Frequency / 1_000;

    [ThreadStatic]
    private static long t_keepsUntil;

    /// <summary>
    /// Lets a thread that waits for this processor go first; well under a microsecond when there is none. To be called every 100 µs or so. Where many wait and it takes
    /// long, the next calls do nothing for an eighth of that time, at most 1 ms: on a saturated processor the work still gets its ninth, and does not fall behind for ever.
    /// </summary>
    public static void GiveWay()
    {
        var now = Stopwatch.GetTimestamp();
        if (now < t_keepsUntil)
        {
            return;
        }

        Thread.Yield();
        var back = Stopwatch.GetTimestamp();
        t_keepsUntil = back + Math.Min((back - now) / KeptPart, s_mostKept);
    }
}

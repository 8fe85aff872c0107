using System.Diagnostics;

namespace Gateflow.E2E.Hosting;

/// <summary>Waits for another process to reach a state: there is no signal to await across processes, so it asks again until it is so.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public static async Task TrueAsync(Func<Task<bool>> condition, TimeSpan limit, Func<string> fault)
    {
        var since = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(Pause);
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(since) > limit)
            {
                throw new TimeoutException(fault());
            }

            await timer.WaitForNextTickAsync();
        }
    }
}

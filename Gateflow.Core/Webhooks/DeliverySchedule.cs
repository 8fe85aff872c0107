namespace Gateflow.Core.Webhooks;

/// <summary>When a message that was not taken is sent again: 5 s, then four times as long each time, at most 6 h; about two days in all.</summary>
public static class DeliverySchedule
{
    /// <summary>Attempts until a message is given up.</summary>
    public const int Attempts = 14;

    private const double FirstSeconds = 5;
    private const double Factor = 4;
    private static readonly TimeSpan Longest = TimeSpan.FromHours(6);

    /// <summary>The wait after an attempt that failed; null when it was the last.</summary>
    /// <param name="attempts">Attempts made, from 1.</param>
    /// <param name="jitter">In [0, 1): spreads the messages that failed together over a fifth of the wait.</param>
    public static TimeSpan? After(int attempts, double jitter)
    {
        if (attempts >= Attempts)
        {
            return null;
        }

        var wait = Math.Min(FirstSeconds * Math.Pow(Factor, attempts - 1), Longest.TotalSeconds);
        return TimeSpan.FromSeconds(wait * (1 + (0.2 * jitter)));
    }
}

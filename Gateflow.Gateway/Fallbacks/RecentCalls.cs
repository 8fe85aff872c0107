using Gateflow.Core.Rollout;

namespace Gateflow.Gateway.Fallbacks;

/// <summary>Calls of one provider by this node in the last five minutes, in buckets of 30 s. Adding never waits and allocates nothing.</summary>
internal sealed class RecentCalls(TimeProvider time)
{
    public static readonly TimeSpan Span = TimeSpan.FromMinutes(5);

    private const int Buckets = 10;
    private static readonly long Width = Span.Ticks / Buckets;

    private readonly Lock _turn = new();
    private readonly long[] _begun = new long[Buckets];
    private readonly long[] _calls = new long[Buckets];
    private readonly long[] _faults = new long[Buckets];

    /// <summary>Counts an answered or failed call. What says nothing of the provider, the caller's own fault or hang-up, counts as answered.</summary>
    public void Add(AttemptResult result)
    {
        var begin = time.GetUtcNow().UtcTicks / Width;
        var bucket = (int)(begin % Buckets);
        if (Volatile.Read(ref _begun[bucket]) != begin)
        {
            Turn(bucket, begin);
        }

        Interlocked.Increment(ref _calls[bucket]);
        if (result is AttemptResult.ServerError or AttemptResult.Timeout or AttemptResult.ConnectionFailed or AttemptResult.BrokenStream
            or AttemptResult.Unauthorized or AttemptResult.ModelNotFound or AttemptResult.RateLimited)
        {
            Interlocked.Increment(ref _faults[bucket]);
        }
    }

    /// <summary>Calls and failures among them.</summary>
    public (long Calls, long Faults) Count()
    {
        var now = time.GetUtcNow().UtcTicks / Width;
        long calls = 0, faults = 0;
        for (var i = 0; i < Buckets; i++)
        {
            if (now - Volatile.Read(ref _begun[i]) < Buckets)
            {
                calls += Interlocked.Read(ref _calls[i]);
                faults += Interlocked.Read(ref _faults[i]);
            }
        }

        return (calls, faults);
    }

    private void Turn(int bucket, long begin)
    {
        lock (_turn)
        {
            if (_begun[bucket] != begin)
            {
                Volatile.Write(ref _calls[bucket], 0);
                Volatile.Write(ref _faults[bucket], 0);
                Volatile.Write(ref _begun[bucket], begin);
            }
        }
    }
}

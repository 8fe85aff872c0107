namespace Gateflow.Gateway.Fallbacks;

/// <summary>
/// The limits that were configured for one provider, on this node: calls under way, and calls within any 60 seconds. The second is exact: the time of
/// each of the last N calls is kept, 8 bytes a call.
/// </summary>
internal sealed class ProviderLimit(int? maxConcurrency, int? requestsPerMinute, TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly long[] _starts = new long[Math.Max(0, requestsPerMinute ?? 0)];
    private int _next;
    private int _count;
    private int _underWay;

    public int? MaxConcurrency { get; } = maxConcurrency;

    public int? RequestsPerMinute { get; } = requestsPerMinute;

    /// <summary>Calls under way.</summary>
    public int UnderWay => Volatile.Read(ref _underWay);

    /// <summary>Takes a place, to be given back by <see cref="Leave"/>; false when there is none, with the time until there may be one.</summary>
    public bool TryEnter(out TimeSpan wait)
    {
        lock (_lock)
        {
            wait = default;
            if (_underWay >= MaxConcurrency)
            {
                wait = Soon;
                return false;
            }

            if (RequestsPerMinute is not null)
            {
                var now = time.GetTimestamp();
                if (_count == _starts.Length && time.GetElapsedTime(_starts[_next], now) is var since && since < Window)
                {
                    wait = Window - since;
                    return false;
                }

                _starts[_next] = now;
                _next = (_next + 1) % _starts.Length;
                _count = Math.Min(_count + 1, _starts.Length);
            }

            _underWay++;
            return true;
        }
    }

    public void Leave()
    {
        lock (_lock)
        {
            _underWay--;
        }
    }
}

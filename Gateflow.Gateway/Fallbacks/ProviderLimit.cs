using Gateflow.Core.Limits;

namespace Gateflow.Gateway.Fallbacks;

/// <summary>
/// The limits that were configured for one provider, on this node: calls under way, and calls and tokens within any 60 seconds. Calls are counted exactly: the time of
/// each of the last N is kept, 8 bytes a call. Tokens are set aside by an estimate until the answer's usage is known.
/// </summary>
internal sealed class ProviderLimit(int? maxConcurrency, int? requestsPerMinute, int? tokensPerMinute, TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly long[] _starts = new long[Math.Max(0, requestsPerMinute ?? 0)];
    private readonly SlidingMinute _tokens = new();
    private int _next;
    private int _count;
    private int _underWay;

    public int? MaxConcurrency { get; } = maxConcurrency;

    public int? RequestsPerMinute { get; } = requestsPerMinute;

    public int? TokensPerMinute { get; } = tokensPerMinute;

    /// <summary>Calls under way.</summary>
    public int UnderWay => Volatile.Read(ref _underWay);

    /// <summary>Takes a place, to be given back by <see cref="Leave"/>; false when there is none.</summary>
    /// <param name="tokens">What the call will probably use. One that would use more than the whole limit passes when the minute is empty.</param>
    /// <param name="place">The place.</param>
    /// <param name="wait">The time until there may be one.</param>
    public bool TryEnter(long tokens, out Place place, out TimeSpan wait)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            place = new Place(now / time.TimestampFrequency, Math.Min(tokens, TokensPerMinute ?? 0));
            wait = Wait(now, place);
            if (wait > TimeSpan.Zero)
            {
                return false;
            }

            if (RequestsPerMinute is not null)
            {
                _starts[_next] = now;
                _next = (_next + 1) % _starts.Length;
                _count = Math.Min(_count + 1, _starts.Length);
            }

            _tokens.Add(place.Second, place.Tokens);
            _underWay++;
            return true;
        }
    }

    /// <summary>Gives a place back.</summary>
    /// <param name="place">What <see cref="TryEnter"/> gave.</param>
    /// <param name="used">Tokens that were really used; null when that is not known.</param>
    public void Leave(Place place, long? used)
    {
        lock (_lock)
        {
            _underWay--;
            if (TokensPerMinute is not null && used is { } tokens)
            {
                var second = time.GetTimestamp() / time.TimestampFrequency;
                _tokens.Advance(second);
                _tokens.Add(tokens < place.Tokens ? place.Second : second, tokens - place.Tokens);
            }
        }
    }

    private TimeSpan Wait(long now, Place place)
    {
        if (_underWay >= MaxConcurrency)
        {
            return Soon;
        }

        var calls = _count == 0 || _count < _starts.Length ? TimeSpan.Zero : Window - time.GetElapsedTime(_starts[_next], now);
        _tokens.Advance(place.Second);
        var tokens = TokensPerMinute is { } most ? TimeSpan.FromSeconds(_tokens.SecondsUntil(most - place.Tokens)) : TimeSpan.Zero;
        return calls > tokens ? calls : tokens;
    }

    /// <summary>A call's place.</summary>
    /// <param name="Second">When it was taken.</param>
    /// <param name="Tokens">What was set aside.</param>
    internal readonly record struct Place(long Second, long Tokens);
}

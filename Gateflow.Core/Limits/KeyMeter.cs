namespace Gateflow.Core.Limits;

/// <summary>
/// Counts what one key uses on this node, and what it used elsewhere as far as the rollups tell. Thread-safe; a request takes and settles in constant
/// time and without allocation.
/// </summary>
public sealed class KeyMeter
{
    private readonly Lock _lock = new();
    private readonly SlidingMinute _requests = new();
    private readonly SlidingMinute _tokens = new();
    private DateTimeOffset _day;
    private DateTimeOffset _month;
    private long _requestsHere;
    private long _requestsElsewhere;
    private decimal _costHere;
    private decimal _costElsewhere;

    /// <summary>True once the figures of before this node's start are known.</summary>
    public bool IsSeeded { get; private set; }

    /// <summary>Requests let through on this day, USD spent in this month: on all nodes.</summary>
    public (long Requests, decimal Cost) Spent(DateTimeOffset at)
    {
        lock (_lock)
        {
            Turn(at);
            return (_requestsHere + _requestsElsewhere, _costHere + _costElsewhere);
        }
    }

    /// <summary>Lets a request through and counts it, or refuses it and counts nothing.</summary>
    /// <param name="limits">The limits in force.</param>
    /// <param name="second">Of a clock that never goes back.</param>
    /// <param name="at">The time of day.</param>
    /// <param name="tokens">What the request will probably use. A request that would use more than the whole limit is let through when the minute is empty.</param>
    public LimitReading Take(KeyLimits limits, long second, DateTimeOffset at, long tokens)
    {
        var reserve = limits.Tpm is { } tpm ? Math.Min(tokens, tpm) : 0;
        lock (_lock)
        {
            Turn(at);
            _requests.Advance(second);
            _tokens.Advance(second);
            var (kind, wait) = Longest(limits, reserve, at);
            if (kind == LimitKind.None)
            {
                _requests.Add(second, 1);
                _tokens.Add(second, reserve);
                _requestsHere++;
            }

            return new LimitReading
            {
                Exceeded = kind,
                RetryAfter = wait,
                RequestsLeft = Left(limits.Rpm, _requests.Sum),
                RequestsReset = limits.Rpm is null ? 0 : _requests.SecondsUntil(0),
                TokensLeft = Left(limits.Tpm, _tokens.Sum),
                TokensReset = limits.Tpm is null ? 0 : _tokens.SecondsUntil(0),
                DailyLeft = Left(limits.DailyRequests, _requestsHere + _requestsElsewhere),
                DailyReset = limits.DailyRequests is null ? 0 : Seconds(_day.AddDays(1) - at),
                CostLeft = limits.MonthlyCostUsd is { } most ? Math.Max(0, most - _costHere - _costElsewhere) : 0,
                CostReset = limits.MonthlyCostUsd is null ? 0 : Seconds(_month.AddMonths(1) - at),
                Reserved = kind == LimitKind.None ? reserve : 0,
                Second = second,
            };
        }
    }

    /// <summary>Puts what a request really used in place of what was set aside for it.</summary>
    /// <param name="taken">What <see cref="Take"/> said.</param>
    /// <param name="second">Of the same clock.</param>
    /// <param name="at">The time of day.</param>
    /// <param name="tokens">Input and output.</param>
    /// <param name="cost">USD.</param>
    public void Settle(in LimitReading taken, long second, DateTimeOffset at, long tokens, decimal cost)
    {
        lock (_lock)
        {
            Turn(at);
            _tokens.Advance(second);
            _tokens.Add(tokens < taken.Reserved ? taken.Second : second, tokens - taken.Reserved);
            _costHere += cost;
        }
    }

    /// <summary>What the rollups say of this node before its start. Called once; what was counted meanwhile is in them.</summary>
    public void Seed(DateTimeOffset at, long requestsToday, decimal costThisMonth)
    {
        lock (_lock)
        {
            Turn(at);
            (_requestsHere, _costHere, IsSeeded) = (requestsToday, costThisMonth, true);
        }
    }

    /// <summary>Forgets that the figures are whole: requests passed that nobody counted here.</summary>
    public void Unseed()
    {
        lock (_lock)
        {
            IsSeeded = false;
        }
    }

    /// <summary>What the rollups say of all other nodes, read at <paramref name="at"/>; figures of a day or month that is over are left alone.</summary>
    public void SetElsewhere(DateTimeOffset at, long requestsToday, decimal costThisMonth)
    {
        lock (_lock)
        {
            Turn(at);
            _requestsElsewhere = DayOf(at) == _day ? requestsToday : _requestsElsewhere;
            _costElsewhere = MonthOf(at) == _month ? costThisMonth : _costElsewhere;
        }
    }

    private (LimitKind Kind, int Wait) Longest(KeyLimits limits, long reserve, DateTimeOffset at)
    {
        if (limits.MonthlyCostUsd <= _costHere + _costElsewhere)
        {
            return (LimitKind.MonthlyCostUsd, Seconds(_month.AddMonths(1) - at));
        }

        if (limits.DailyRequests <= _requestsHere + _requestsElsewhere)
        {
            return (LimitKind.DailyRequests, Seconds(_day.AddDays(1) - at));
        }

        var requests = limits.Rpm is { } rpm ? _requests.SecondsUntil(rpm - 1) : 0;
        var tokens = limits.Tpm is { } tpm ? _tokens.SecondsUntil(tpm - reserve) : 0;
        return (requests, tokens) switch
        {
            (0, 0) => (LimitKind.None, 0),
            _ when requests >= tokens => (LimitKind.Rpm, requests),
            _ => (LimitKind.Tpm, tokens),
        };
    }

    /// <summary>A new day or month begins with nothing spent. A clock that is set back changes nothing.</summary>
    private void Turn(DateTimeOffset at)
    {
        if (DayOf(at) is var day && day > _day)
        {
            (_day, _requestsHere, _requestsElsewhere) = (day, 0, 0);
        }

        if (MonthOf(at) is var month && month > _month)
        {
            (_month, _costHere, _costElsewhere) = (month, 0, 0);
        }
    }

    private static DateTimeOffset DayOf(DateTimeOffset at) => new(at.UtcDateTime.Date, TimeSpan.Zero);

    private static DateTimeOffset MonthOf(DateTimeOffset at) => new(at.UtcDateTime.Year, at.UtcDateTime.Month, 1, 0, 0, 0, TimeSpan.Zero);

    private static long Left(long? limit, long used) => limit is { } most ? Math.Max(0, most - used) : 0;

    private static int Seconds(TimeSpan rest) => Math.Max(1, (int)Math.Ceiling(rest.TotalSeconds));
}

using Gateflow.Core.Rollout;

namespace Gateflow.Core.Usage;

/// <summary>
/// Which requests are logged: all that went wrong or fell back; of the others as many as there is room for, those of migrations with room of their own
/// (docs/decisions/006). Not thread-safe.
/// </summary>
public sealed class LogChoice
{
    /// <summary>Answered requests logged a second, outside of migrations and within. What a second leaves free serves the next one.</summary>
    public const int PerSecond = 500;

    private readonly TimeProvider _clock;
    private long _last;
    private double _outside = PerSecond;
    private double _within = PerSecond;

    public LogChoice(TimeProvider clock)
    {
        _clock = clock;
        _last = clock.GetTimestamp();
    }

    /// <summary>
    /// For each request the share of its like that is logged, 0 for one that is not. Those with room are taken evenly spread, and at least one of each kind so
    /// that the rates stay known.
    /// </summary>
    /// <param name="records">Requests that ended since the last call.</param>
    public IReadOnlyList<double> Rates(IReadOnlyList<RequestRecord> records)
    {
        var now = _clock.GetTimestamp();
        var more = PerSecond * Math.Max(0, _clock.GetElapsedTime(_last, now).TotalSeconds);
        _last = now;
        var rates = new double[records.Count];
        _outside = Choose(records, rates, Math.Min(PerSecond, _outside + more), migrating: false);
        _within = Choose(records, rates, Math.Min(PerSecond, _within + more), migrating: true);
        return rates;
    }

    /// <summary>
    /// True for a request that is logged whatever the load. One that a limit of its key refused is not: whoever runs into a limit does so thousands of times.
    /// </summary>
    private static bool IsNotable(RequestRecord record) => record.Outcome != OutcomeKind.Refused
        && (record.Outcome != OutcomeKind.Success || record.FallbackReason is not null || record.Status >= 400);

    /// <summary>Sets the rates of one kind; returns the room that is left.</summary>
    private static double Choose(IReadOnlyList<RequestRecord> records, double[] rates, double room, bool migrating)
    {
        long like = 0;
        for (var i = 0; i < rates.Length; i++)
        {
            if (IsNotable(records[i]))
            {
                rates[i] = 1;
            }
            else if (records[i].MigrationId is not null == migrating)
            {
                like++;
            }
        }

        if (like == 0)
        {
            return room;
        }

        var kept = Math.Clamp((long)room, 1, like);
        long seen = 0;
        for (var i = 0; i < rates.Length; i++)
        {
            if (records[i].MigrationId is not null == migrating && !IsNotable(records[i]))
            {
                rates[i] = (seen + 1) * kept / like > seen * kept / like ? (double)kept / like : 0;
                seen++;
            }
        }

        return Math.Max(0, room - kept);
    }
}

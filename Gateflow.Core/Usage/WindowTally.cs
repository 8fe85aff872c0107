using Gateflow.Core.Quality;
using Gateflow.Core.Rollout;

namespace Gateflow.Core.Usage;

/// <summary>The key of an <see cref="ArmWindow"/> on one node.</summary>
public readonly record struct WindowKey(DateTimeOffset At, string MigrationId, Arm Arm, int Seconds = WindowKey.Fine)
{
    /// <summary>Seconds of the windows into which requests are folded.</summary>
    public const int Fine = 10;

    public const int FiveMinutes = 300;

    public const int Hour = 3600;

    /// <summary>Stands for the whole life of the migration.</summary>
    public const int Life = 0;

    /// <summary>Lengths that are kept, seconds.</summary>
    public static readonly IReadOnlyList<int> Lengths = [Fine, FiveMinutes, Hour, Life];

    /// <summary>Length of a window of the finest kind.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(Fine);

    /// <summary>When the window is over; a life never is.</summary>
    public DateTimeOffset End => Seconds == Life ? DateTimeOffset.MaxValue : At.AddSeconds(Seconds);

    /// <summary>The window of another length that holds this one.</summary>
    public WindowKey Within(int seconds) => this with
    {
        At = seconds == Life ? DateTimeOffset.UnixEpoch : RollupKey.Floor(At, seconds * TimeSpan.TicksPerSecond), Seconds = seconds,
    };

    /// <summary>A request belongs to the window in which it ended, when its outcome was known: windows past do not change any more.</summary>
    public static WindowKey? Of(RequestRecord record) => record.MigrationId is { } migration && record.Arm != Arm.None
        ? new(RollupKey.Floor(record.At.AddMilliseconds(record.DurationMs), Length.Ticks), migration, record.Arm)
        : null;
}

/// <summary>What requests add to one arm window.</summary>
public sealed class WindowTally
{
    private readonly LatencyHistogram _latencies = new();
    private readonly PartSums _parts = new();
    private readonly ArmWindow _sum = Empty();

    public WindowTally()
    {
    }

    /// <param name="sum">What a row would hold that only this was added to.</param>
    /// <param name="keyId"><see cref="KeyId"/>.</param>
    internal WindowTally(ArmWindow sum, string keyId)
    {
        (_sum, KeyId) = (sum, keyId);
        _latencies.MergePacked(sum.LatencyHistogram);
        _parts.Merge(PartSums.Unpack(sum.QualityParts));
    }

    /// <summary>A key that asked; that of a demo in the windows of a demo's migrations.</summary>
    public string KeyId { get; private set; } = "";

    /// <param name="record">A request of this window's key, with its price.</param>
    public void Add(RequestRecord record)
    {
        var columns = OutcomeColumns.Of(record.Outcome);
        KeyId = record.KeyId;
        _sum.Requests++;
        _sum.Successes += columns.Success;
        _sum.Failures += columns.ArmFailure;
        _sum.BrokenStreams += record.Outcome == OutcomeKind.BrokenStream ? 1 : 0;
        _sum.OutageBoth += columns.OutageBoth;
        _sum.ClientFaults += columns.ClientFault;
        _sum.RateLimited += columns.RateLimited;
        _sum.Cancelled += columns.Cancelled;
        _sum.Policy += columns.Policy;
        _sum.Fallbacks += record.Arm == Arm.Target && record.FellBack ? 1 : 0;
        _sum.InputTokens += record.InputTokens;
        _sum.OutputTokens += record.OutputTokens;
        _sum.Cost += record.Cost ?? 0;
        _sum.UnpricedRequests += record.IsUnpriced ? 1 : 0;
        if (columns.Success == 1)
        {
            _latencies.Add(record.ModelLatencyMs);
            if (!double.IsNaN(record.Quality))
            {
                _sum.QualitySum += record.Quality;
                _sum.QualityCount++;
                _parts.Add(record.Parts);
            }
        }
    }

    /// <summary>A row of nothing, of no window.</summary>
    internal static ArmWindow Empty() => new() { At = default, Node = "", MigrationId = "", Arm = Arm.None };

    /// <summary>Adds everything to a row.</summary>
    public void AddTo(ArmWindow row)
    {
        row.Requests += _sum.Requests;
        row.Successes += _sum.Successes;
        row.Failures += _sum.Failures;
        row.BrokenStreams += _sum.BrokenStreams;
        row.OutageBoth += _sum.OutageBoth;
        row.ClientFaults += _sum.ClientFaults;
        row.RateLimited += _sum.RateLimited;
        row.Cancelled += _sum.Cancelled;
        row.Policy += _sum.Policy;
        row.Fallbacks += _sum.Fallbacks;
        row.InputTokens += _sum.InputTokens;
        row.OutputTokens += _sum.OutputTokens;
        row.Cost += _sum.Cost;
        row.UnpricedRequests += _sum.UnpricedRequests;
        row.QualitySum += _sum.QualitySum;
        row.QualityCount += _sum.QualityCount;
        var parts = PartSums.Unpack(row.QualityParts);
        parts.Merge(_parts);
        row.QualityParts = parts.Pack();
        var sum = LatencyHistogram.Unpack(row.LatencyHistogram);
        sum.Merge(_latencies);
        row.LatencyHistogram = sum.Pack();
    }
}

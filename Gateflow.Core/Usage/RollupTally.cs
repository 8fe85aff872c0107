using Gateflow.Core.UsageImports;

namespace Gateflow.Core.Usage;

/// <summary>The key of a <see cref="UsageRollup"/> on one node; the texts fit their columns.</summary>
public readonly record struct RollupKey(DateTimeOffset Hour, string Model, string ServedModel, string Feature, string KeyId)
{
    public static RollupKey Of(RequestRecord record) => new(
        Floor(record.At, TimeSpan.TicksPerHour),
        Columns.Fit(record.Model, 200),
        Columns.Fit(record.ServedModel ?? "", 200),
        Columns.Fit(record.Feature ?? "", 100),
        record.KeyId);

    internal static DateTimeOffset Floor(DateTimeOffset at, long ticks) => new(at.UtcTicks / ticks * ticks, TimeSpan.Zero);
}

/// <summary>What requests add to one rollup.</summary>
public sealed class RollupTally
{
    private readonly CapabilityCounts _capabilities = new();
    private readonly ContextHistogram _contexts = new();
    private readonly ContextHistogram _inputs = new();
    private readonly ContextHistogram _outputs = new();
    private readonly LatencyHistogram _latencies = new();
    private readonly Dictionary<int, long> _hours = [];
    private readonly RollupFigures _sum = new();

    public RollupTally()
    {
    }

    /// <param name="sum">What a row would hold that only this was added to.</param>
    /// <param name="hours"><see cref="Hours"/>.</param>
    internal RollupTally(RollupFigures sum, IReadOnlyDictionary<int, long> hours)
    {
        (_sum, _hours) = (sum, new Dictionary<int, long>(hours));
        _capabilities.MergePacked(sum.CapabilityCounts);
        _contexts.MergePacked(sum.ContextHistogram);
        _inputs.MergePacked(sum.InputHistogram);
        _outputs.MergePacked(sum.OutputHistogram);
        _latencies.MergePacked(sum.LatencyHistogram);
    }

    /// <summary>Requests by hour of the day, UTC.</summary>
    public IReadOnlyDictionary<int, long> Hours => _hours;

    /// <param name="record">A request of this rollup's key, with its price.</param>
    public void Add(RequestRecord record)
    {
        var columns = OutcomeColumns.Of(record.Outcome);
        if (columns.Refused == 1)
        {
            _sum.Refused++;
            return;
        }

        Count(record.At, 1);
        _sum.Errors += columns.Error;
        _sum.ClientErrors += columns.ClientError;
        _sum.RateLimited += columns.RateLimited;
        _sum.Cancelled += columns.Cancelled;
        _sum.Fallbacks += record.FellBack ? 1 : 0;
        _sum.InputTokens += record.InputTokens;
        _sum.CachedTokens += record.CachedTokens;
        _sum.OutputTokens += record.OutputTokens;
        _sum.ReasoningTokens += record.ReasoningTokens;
        _sum.EstimatedRequests += record.TokensEstimated ? 1 : 0;
        _sum.Cost += record.Cost ?? 0;
        _sum.UnpricedRequests += record.IsUnpriced ? 1 : 0;
        var context = (long)record.InputTokens + record.OutputTokens;
        if (context > 0)
        {
            _contexts.Add(context);
            _inputs.Add(record.InputTokens);
            _outputs.Add(record.OutputTokens);
        }

        _sum.MaxContext = (int)Math.Min(int.MaxValue, Math.Max(_sum.MaxContext, context));
        _sum.MaxOutput = Math.Max(_sum.MaxOutput, record.OutputTokens);
        _capabilities.Add(record.Capabilities);
        if (!float.IsNaN(record.Temperature))
        {
            var temperature = Math.Round((double)record.Temperature, 3);
            _sum.LeastTemperature = Math.Min(_sum.LeastTemperature ?? temperature, temperature);
            _sum.MostTemperature = Math.Max(_sum.MostTemperature ?? temperature, temperature);
        }

        if (columns.Success == 1)
        {
            _latencies.Add(record.DurationMs);
        }
    }

    /// <summary>Adds imported requests; several in one row count with the mean size of their contexts.</summary>
    internal void Add(in ImportedUsage row)
    {
        var columns = OutcomeColumns.Of(row.Outcome);
        Count(row.At, row.Requests);
        _sum.Errors += columns.Error * row.Requests;
        _sum.ClientErrors += columns.ClientError * row.Requests;
        _sum.RateLimited += columns.RateLimited * row.Requests;
        _sum.Cancelled += columns.Cancelled * row.Requests;
        _sum.InputTokens += row.InputTokens;
        _sum.CachedTokens += row.CachedTokens;
        _sum.OutputTokens += row.OutputTokens;
        _sum.ReasoningTokens += row.ReasoningTokens;
        _sum.Cost += row.Cost ?? 0;
        _sum.UnpricedRequests += row.Cost is null && columns.Success == 1 ? row.Requests : 0;
        var context = (row.InputTokens + row.OutputTokens) / row.Requests;
        if (context > 0)
        {
            _contexts.Add(context, row.Requests);
            _inputs.Add(row.InputTokens / row.Requests, row.Requests);
            _outputs.Add(row.OutputTokens / row.Requests, row.Requests);
        }

        _sum.MaxContext = (int)Math.Min(int.MaxValue, Math.Max(_sum.MaxContext, context));
        _sum.MaxOutput = (int)Math.Min(int.MaxValue, Math.Max(_sum.MaxOutput, row.OutputTokens / row.Requests));
        _capabilities.Add(row.Capabilities, row.Requests);
        if (columns.Success == 1 && !double.IsNaN(row.DurationMs))
        {
            _latencies.Add(row.DurationMs);
        }
    }

    /// <summary>Adds everything to a row.</summary>
    public void AddTo(RollupFigures row)
    {
        row.Requests += _sum.Requests;
        row.Errors += _sum.Errors;
        row.ClientErrors += _sum.ClientErrors;
        row.RateLimited += _sum.RateLimited;
        row.Cancelled += _sum.Cancelled;
        row.Fallbacks += _sum.Fallbacks;
        row.Refused += _sum.Refused;
        row.InputTokens += _sum.InputTokens;
        row.CachedTokens += _sum.CachedTokens;
        row.OutputTokens += _sum.OutputTokens;
        row.ReasoningTokens += _sum.ReasoningTokens;
        row.EstimatedRequests += _sum.EstimatedRequests;
        row.Cost += _sum.Cost;
        row.UnpricedRequests += _sum.UnpricedRequests;
        row.MaxContext = Math.Max(row.MaxContext, _sum.MaxContext);
        row.MaxOutput = Math.Max(row.MaxOutput, _sum.MaxOutput);
        row.LeastTemperature = _sum.LeastTemperature is { } least ? Math.Min(row.LeastTemperature ?? least, least) : row.LeastTemperature;
        row.MostTemperature = _sum.MostTemperature is { } most ? Math.Max(row.MostTemperature ?? most, most) : row.MostTemperature;
        row.CapabilityCounts = Merged(row.CapabilityCounts, _capabilities);
        row.ContextHistogram = Merged(row.ContextHistogram, _contexts);
        row.InputHistogram = Merged(row.InputHistogram, _inputs);
        row.OutputHistogram = Merged(row.OutputHistogram, _outputs);
        row.LatencyHistogram = Merged(row.LatencyHistogram, _latencies);
    }

    private void Count(DateTimeOffset at, long requests)
    {
        _sum.Requests += requests;
        var hour = at.UtcDateTime.Hour;
        _hours[hour] = _hours.GetValueOrDefault(hour) + requests;
    }

    private static byte[] Merged(byte[] packed, CapabilityCounts more)
    {
        var sum = CapabilityCounts.Unpack(packed);
        sum.Merge(more);
        return sum.Pack();
    }

    private static byte[] Merged(byte[] packed, ContextHistogram more)
    {
        var sum = ContextHistogram.Unpack(packed);
        sum.Merge(more);
        return sum.Pack();
    }

    private static byte[] Merged(byte[] packed, LatencyHistogram more)
    {
        var sum = LatencyHistogram.Unpack(packed);
        sum.Merge(more);
        return sum.Pack();
    }
}

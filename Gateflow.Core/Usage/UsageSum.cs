namespace Gateflow.Core.Usage;

/// <summary>Sums and distributions of rollups. A cost is null when no request had a price though some should have had one.</summary>
internal sealed class UsageSum
{
    private readonly SortedDictionary<DateOnly, DaySum> _days = [];

    public long Requests { get; private set; }

    public long Errors { get; private set; }

    public long ClientErrors { get; private set; }

    public long RateLimited { get; private set; }

    public long Cancelled { get; private set; }

    public long InputTokens { get; private set; }

    public long CachedTokens { get; private set; }

    public long OutputTokens { get; private set; }

    public long Unpriced { get; private set; }

    public int MaxContext { get; private set; }

    public int MaxOutput { get; private set; }

    public double? LeastTemperature { get; private set; }

    public double? MostTemperature { get; private set; }

    public bool Demo { get; private set; }

    /// <summary>Start of the first hour with a request; null without one.</summary>
    public DateTimeOffset? First { get; private set; }

    public CapabilityCounts Capabilities { get; } = new();

    public ContextHistogram Contexts { get; } = new();

    public ContextHistogram Inputs { get; } = new();

    public ContextHistogram Outputs { get; } = new();

    public LatencyHistogram Latencies { get; } = new();

    /// <summary>168 counts, Monday 00:00 UTC first.</summary>
    public long[] HourOfWeek { get; } = new long[168];

    private decimal PricedCost { get; set; }

    /// <summary>Requests that have tokens at all: failed ones would pull means down.</summary>
    public long Answered => Contexts.Count;

    /// <summary>USD of the requests with a price; null when there are requests without one and none with.</summary>
    public decimal? Cost => UsageShare.CostOf(PricedCost, Unpriced);

    public long AvgInputTokens => Mean(InputTokens);

    public long AvgOutputTokens => Mean(OutputTokens);

    public IEnumerable<DayUse> Days => _days.Select(d => new DayUse(d.Key, d.Value.Requests, d.Value.Errors, UsageShare.CostOf(d.Value.Cost, d.Value.Unpriced)));

    public void Add(UsageRollup row)
    {
        Add(row, row.Hour, row.Demo);
        HourOfWeek[FirstHour(row.Hour) + row.Hour.Hour] += row.Requests;
        First = Earlier(First, row.Hour);
    }

    public void Add(UsageDay row)
    {
        Add(row, row.Day, row.Demo);
        HourCounts.AddTo(HourOfWeek.AsSpan(FirstHour(row.Day), 24), row.HourRequests);
        First = Earlier(First, row.Day.AddHours(Math.Max(0, HourCounts.First(row.HourRequests))));
    }

    public void Merge(UsageSum other)
    {
        Requests += other.Requests;
        Errors += other.Errors;
        ClientErrors += other.ClientErrors;
        RateLimited += other.RateLimited;
        Cancelled += other.Cancelled;
        InputTokens += other.InputTokens;
        CachedTokens += other.CachedTokens;
        OutputTokens += other.OutputTokens;
        Unpriced += other.Unpriced;
        PricedCost += other.PricedCost;
        MaxContext = Math.Max(MaxContext, other.MaxContext);
        MaxOutput = Math.Max(MaxOutput, other.MaxOutput);
        AddTemperatures(other.LeastTemperature, other.MostTemperature);
        Demo |= other.Demo;
        First = Earlier(First, other.First);
        Capabilities.Merge(other.Capabilities);
        Contexts.Merge(other.Contexts);
        Inputs.Merge(other.Inputs);
        Outputs.Merge(other.Outputs);
        Latencies.Merge(other.Latencies);
        for (var hour = 0; hour < HourOfWeek.Length; hour++)
        {
            HourOfWeek[hour] += other.HourOfWeek[hour];
        }

        foreach (var (day, sum) in other._days)
        {
            AddDay(day, sum);
        }
    }

    private void Add(RollupFigures row, DateTimeOffset at, bool demo)
    {
        Requests += row.Requests;
        Errors += row.Errors;
        ClientErrors += row.ClientErrors;
        RateLimited += row.RateLimited;
        Cancelled += row.Cancelled;
        InputTokens += row.InputTokens;
        CachedTokens += row.CachedTokens;
        OutputTokens += row.OutputTokens;
        Unpriced += row.UnpricedRequests;
        PricedCost += row.Cost;
        MaxContext = Math.Max(MaxContext, row.MaxContext);
        MaxOutput = Math.Max(MaxOutput, row.MaxOutput);
        AddTemperatures(row.LeastTemperature, row.MostTemperature);
        Demo |= demo;
        Capabilities.MergePacked(row.CapabilityCounts);
        Contexts.MergePacked(row.ContextHistogram);
        Inputs.MergePacked(row.InputHistogram);
        Outputs.MergePacked(row.OutputHistogram);
        Latencies.MergePacked(row.LatencyHistogram);
        AddDay(DateOnly.FromDateTime(at.UtcDateTime), new DaySum(row.Requests, row.Errors, row.Cost, row.UnpricedRequests));
    }

    private void AddTemperatures(double? least, double? most)
    {
        LeastTemperature = least is { } low ? Math.Min(LeastTemperature ?? low, low) : LeastTemperature;
        MostTemperature = most is { } high ? Math.Max(MostTemperature ?? high, high) : MostTemperature;
    }

    private void AddDay(DateOnly day, DaySum more)
    {
        var sum = _days.GetValueOrDefault(day);
        _days[day] = new DaySum(sum.Requests + more.Requests, sum.Errors + more.Errors, sum.Cost + more.Cost, sum.Unpriced + more.Unpriced);
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? left, DateTimeOffset? right) => left < right || right is null ? left : right;

    private static int FirstHour(DateTimeOffset day) => (((int)day.UtcDateTime.DayOfWeek + 6) % 7) * 24;

    private long Mean(long tokens) => Answered == 0 ? 0 : (long)Math.Round((double)tokens / Answered);

    private readonly record struct DaySum(long Requests, long Errors, decimal Cost, long Unpriced);
}

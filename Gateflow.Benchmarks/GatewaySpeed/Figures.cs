namespace Gateflow.Benchmarks.GatewaySpeed;

/// <summary>What is measured.</summary>
internal enum Figure
{
    /// <summary>Requests a second with 64 connections that always ask.</summary>
    PerSecond,

    /// <summary>Microseconds of CPU a request, saturated.</summary>
    Cpu,

    /// <summary>Bytes allocated a request.</summary>
    Allocated,

    /// <summary>Milliseconds at 500 requests a second.</summary>
    PacedP50,
    PacedP99,

    /// <summary>Microseconds of CPU a request at 500 a second.</summary>
    PacedCpu,

    /// <summary>Milliseconds of a stream to its first chunk, without the provider's own.</summary>
    FirstByteP50,

    /// <summary>Milliseconds of a chunk from the provider to the caller, 200 streams of 50 chunks a second.</summary>
    HopP50,
    HopP99,

    /// <summary>Megabytes that 1,000 open streams add.</summary>
    StreamMemory,
}

/// <summary>Every figure of every program, round by round.</summary>
internal sealed class Figures(IEnumerable<string> subjects)
{
    private readonly Dictionary<(string, Figure), List<double>> _values = [];

    public IReadOnlyList<string> Subjects { get; } = [.. subjects];

    public void Add(string subject, Figure figure, double value)
    {
        if (!_values.TryGetValue((subject, figure), out var values))
        {
            _values[(subject, figure)] = values = [];
        }

        values.Add(value);
    }

    /// <summary>Median over the rounds; NaN when it was not measured.</summary>
    public double Median(string subject, Figure figure) =>
        _values.TryGetValue((subject, figure), out var values) ? Middle(values) : double.NaN;

    /// <summary>Median of the rounds' own ratios: what disturbs the machine disturbs both sides of one round alike.</summary>
    public double Ratio(string subject, string to, Figure figure) =>
        Middle([.. _values[(subject, figure)].Zip(_values[(to, figure)], (a, b) => a / b)]);

    /// <summary>Median of the rounds' own differences.</summary>
    public double Difference(string subject, string to, Figure figure) =>
        Middle([.. _values[(subject, figure)].Zip(_values[(to, figure)], (a, b) => a - b)]);

    private static double Middle(List<double> values)
    {
        List<double> sorted = [.. values.Order()];
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}

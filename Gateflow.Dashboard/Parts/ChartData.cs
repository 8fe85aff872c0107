namespace Gateflow.Dashboard.Parts;

/// <summary>One point; without a value the line has a gap there.</summary>
public readonly record struct ChartPoint(DateTimeOffset At, double? Value);

/// <summary>One line of a <see cref="TimeChart"/>.</summary>
public sealed record ChartSeries
{
    /// <summary>Identifies the line over updates: a model's id, "planned".</summary>
    public required string Name { get; init; }

    /// <summary><see cref="Tone.Source"/> and <see cref="Tone.Target"/> are the arms' colours.</summary>
    public required Tone Tone { get; init; }

    /// <summary>Ascending in time. The chart holds on to it to see what changed: a list that grows must be handed over as a copy.</summary>
    public required IReadOnlyList<ChartPoint> Points { get; init; }

    public ChartStroke Stroke { get; init; }
}

/// <summary>How a line is drawn.</summary>
public enum ChartStroke
{
    Line,
    Dashed,
    Dotted,

    /// <summary>Holds each value until the next: weights, plans.</summary>
    Stepped,
    SteppedDashed,

    /// <summary>Only points: what was observed.</summary>
    Dots,
}

/// <summary>A labelled horizontal line.</summary>
public sealed record ChartThreshold(double Value, string Label, Tone Tone = Tone.Breach);

/// <summary>A labelled vertical line: a step, a rollback.</summary>
public sealed record ChartMark(DateTimeOffset At, string Label, Tone Tone = Tone.Neutral);

/// <summary>The unit of a chart's values.</summary>
public enum ChartUnit
{
    /// <summary>A share, 0–1.</summary>
    Share,

    /// <summary>A percentage, 0–100.</summary>
    Percent,
    Milliseconds,
    Count,
    Usd,

    /// <summary>A score or ratio, plain.</summary>
    Plain,
}

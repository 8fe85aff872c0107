using System.Globalization;
using System.Text;

namespace Gateflow.Dashboard.Parts;

/// <summary>The geometry of a ramp in a box of 100 × 100: time along, weight up. Before the first step and after the last lies a margin.</summary>
public sealed class RampShape
{
    private const double Before = 8;
    private const double After = 8;

    private readonly IReadOnlyList<RampStep> steps;
    private readonly double[] starts;

    public RampShape(IReadOnlyList<RampStep> steps)
    {
        ArgumentNullException.ThrowIfNull(steps);
        this.steps = steps;
        Total = steps.Aggregate(TimeSpan.Zero, (sum, s) => sum + s.Length);
        starts = new double[steps.Count + 1];
        starts[0] = Before;
        for (var i = 0; i < steps.Count; i++)
        {
            starts[i + 1] = starts[i] + (Total > TimeSpan.Zero ? steps[i].Length / Total * (100 - Before - After) : 0);
        }
    }

    public TimeSpan Total { get; }

    /// <summary>Where a step begins, 0–100; one more than the last is the end.</summary>
    public double Start(int step) => starts[step];

    /// <summary>The line: flat at 0, up at each step, flat to the right edge.</summary>
    public string Line()
    {
        var path = new StringBuilder("M0 100");
        for (var i = 0; i < steps.Count; i++)
        {
            path.Append(CultureInfo.InvariantCulture, $"H{starts[i]:0.###}V{100 - steps[i].Weight:0.###}");
        }

        return path.Append("H100").ToString();
    }

    /// <summary>The area below the line.</summary>
    public string Area() => Line() + "V100Z";

    /// <summary>The steps whose labels have room: at least <paramref name="apart"/> percent between two; the last always.</summary>
    public IReadOnlyList<int> Labelled(double apart = 8)
    {
        var chosen = new List<int>();
        for (var i = 0; i < steps.Count; i++)
        {
            if (i == steps.Count - 1)
            {
                while (chosen.Count > 0 && starts[i] - starts[chosen[^1]] < apart)
                {
                    chosen.RemoveAt(chosen.Count - 1);
                }

                chosen.Add(i);
            }
            else if (chosen.Count == 0 || starts[i] - starts[chosen[^1]] >= apart)
            {
                chosen.Add(i);
            }
        }

        return chosen;
    }
}

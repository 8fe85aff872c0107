using System.Text.Json;

namespace Gateflow.Dashboard.Parts;

/// <summary>
/// What the browser is told of a <see cref="TimeChart"/> that changed, as <c>update</c> of time-chart.js reads it. It goes there as one text: what a
/// circuit serialises by itself costs it a description of each type of its own, a tenth of all it holds.
/// </summary>
/// <param name="Number">Counts the updates of a chart from 1: where one is missing, the browser takes no change of lines any more and asks for all.</param>
/// <param name="Min">Least value of the axis; null follows the points.</param>
/// <param name="Max">Largest value of the axis; null follows the points.</param>
/// <param name="From">Begin of the window, milliseconds since 1970; null follows the points.</param>
/// <param name="To">End of the window.</param>
/// <param name="Thresholds">Horizontal lines.</param>
/// <param name="Marks">Vertical lines.</param>
/// <param name="Series">What changed of each line.</param>
internal sealed record ChartUpdate(
    long Number, double? Min, double? Max, long? From, long? To, IEnumerable<ChartUpdate.Threshold> Thresholds, IEnumerable<ChartUpdate.Mark> Marks, IEnumerable<ChartUpdate.Line> Series)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    public string ToJson() => JsonSerializer.Serialize(this, Options);

    /// <summary>A labelled value.</summary>
    internal sealed record Threshold(double Y, string Label, string Tone);

    /// <summary>A labelled moment, milliseconds since 1970.</summary>
    internal sealed record Mark(long X, string Label, string Tone);

    /// <summary>A line: how many points to drop at its begin, how many to keep after them, and what follows: pairs of milliseconds and value.</summary>
    internal sealed record Line(string Name, string Tone, string Stroke, int Drop, int Keep, IEnumerable<double?[]> Add);
}

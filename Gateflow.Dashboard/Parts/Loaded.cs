using System.Diagnostics.CodeAnalysis;

namespace Gateflow.Dashboard.Parts;

/// <summary>
/// What a page has read: nothing yet, a value, or a fault beside the value read before. When readings overlap, the one begun last counts.
/// </summary>
/// <param name="what">What is read, at the start of a sentence: "The migrations".</param>
public sealed class Loaded<T>(string what)
    where T : class
{
    private int begun;
    private int ended;

    public T? Value { get; private set; }

    /// <summary>What went wrong at the latest reading, for people; null when nothing did.</summary>
    public string? Fault { get; private set; }

    public bool IsReading => begun != ended;

    [SuppressMessage("Design", "CA1031", Justification = "Whatever failed is told beside what failed; the page lives on.")]
    public async Task ReadAsync(Func<Task<T?>> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        var turn = ++begun;
        T? value = null;
        string? fault = null;
        try
        {
            value = await read();
        }
        catch (OperationCanceledException)
        {
            turn = 0; // the page was left
        }
        catch (Exception exception)
        {
            fault = $"{what} could not be read: {exception.Message}";
        }

        if (turn > ended)
        {
            ended = turn;
            Fault = fault;
            Value = fault is null ? value : Value;
        }
    }
}

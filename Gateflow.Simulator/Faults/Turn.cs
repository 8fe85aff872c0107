using Gateflow.Simulator.Answers;
using Gateflow.Simulator.Behaviours;

namespace Gateflow.Simulator.Faults;

/// <summary>All that chance decides about one request, drawn at once.</summary>
internal sealed record Turn
{
    public required ModelEntry Entry { get; init; }

    public required TimeProvider Clock { get; init; }

    public required Fate Fate { get; init; }

    /// <summary>Time before the first byte.</summary>
    public required TimeSpan Latency { get; init; }

    /// <summary>Null: the answer is as good as the model can.</summary>
    public required Flaw? Flaw { get; init; }

    /// <summary>Where in the answer a broken or malformed one ends, share in [0.1, 0.9).</summary>
    public required double BreakAt { get; init; }

    public double TokensPerSecond => Entry.Behaviour.TokensPerSecond;

    public Task WaitAsync(TimeSpan time, CancellationToken cancellationToken) =>
        time > TimeSpan.Zero ? Task.Delay(time, Clock, cancellationToken) : Task.CompletedTask;

    /// <summary>How long a whole answer of that many tokens takes after the first byte.</summary>
    public TimeSpan Duration(double tokens) =>
        TokensPerSecond > 0 ? TimeSpan.FromSeconds(tokens / TokensPerSecond) : TimeSpan.Zero;
}

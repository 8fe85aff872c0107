namespace Gateflow.Dashboard.Replay;

/// <summary>How replays run.</summary>
public sealed record ReplayOptions
{
    /// <summary>Pairs under way at once: unless a test says otherwise; each model gets at most as many requests at a time, the source twice as many when the noise floor is measured.</summary>
    public int Concurrency { get; init; } = 8;

    /// <summary>Time between two writes of pairs and progress.</summary>
    public TimeSpan ProgressInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Newest stored requests that a sample is drawn from.</summary>
    public int Candidates { get; init; } = 20_000;

    /// <summary>Seed of the sample and of the intervals.</summary>
    public int Seed { get; init; } = 1;
}

namespace Gateflow.Benchmarks.MainJob;

/// <summary>One request that is to be sent.</summary>
/// <param name="Number">Counted from 0 over the whole run.</param>
/// <param name="Prompt">Index into the recordings.</param>
/// <param name="Streamed">Whether the answer is asked for as a stream.</param>
internal sealed record PlannedRequest(int Number, int Prompt, bool Streamed);

/// <summary>One request and what came of it, as the application saw it. Holds no text.</summary>
internal sealed record Exchange
{
    public required PlannedRequest Request { get; init; }

    public required DateTimeOffset SentAt { get; init; }

    /// <summary>From sending to the last byte.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>How much later than the trace demanded it was sent.</summary>
    public TimeSpan Lateness { get; init; }

    /// <summary>The model that the body names.</summary>
    public string? Model { get; init; }

    /// <summary>The model that the header names.</summary>
    public string? HeaderModel { get; init; }

    public string? Migration { get; init; }

    /// <summary>"source", "target", or null when no running migration decided.</summary>
    public string? Arm { get; init; }

    public string? FallbackReason { get; init; }

    /// <summary>Why the application got no answer; null when it got one.</summary>
    public string? Failure { get; init; }

    /// <summary>The text is, character for character, what that model was recorded to answer to that prompt, and body and header name the same model.</summary>
    public bool AsRecorded { get; init; }

    public bool OnTarget => Arm == "target";
}

namespace Gateflow.Core.Replay;

/// <summary>What one model gave to one stored request: an answer, or why there is none.</summary>
public sealed record ReplayAnswer
{
    /// <summary>The answer's text, tool calls written out; empty when the model said nothing, null when there is an error.</summary>
    public string? Text { get; init; }

    /// <summary>True when it calls tools. They are never executed.</summary>
    public bool CallsTools { get; init; }

    /// <summary>To the last byte of the answer.</summary>
    public double LatencyMs { get; init; }

    /// <summary>USD; null when the price is unknown.</summary>
    public decimal? Cost { get; init; }

    /// <summary>As counted by the provider; null when it does not say.</summary>
    public int? OutputTokens { get; init; }

    /// <summary>Why there is no answer ("HTTP 500"); never holds content.</summary>
    public string? Error { get; init; }

    public bool IsAnswer => Error is null;

    public static ReplayAnswer Failed(string error) => new() { Error = error };
}

/// <summary>One request answered by both models, as the comparison sees it.</summary>
/// <param name="JsonDemanded">The request asked for JSON.</param>
public sealed record AnswerPair(ReplayAnswer Source, ReplayAnswer Target, bool JsonDemanded = false)
{
    /// <summary>Only such pairs can be compared.</summary>
    public bool BothAnswered => Source.IsAnswer && Target.IsAnswer;
}

/// <summary>Requests that were planned and never sent, and why.</summary>
public sealed record NotRun(int Requests, string Reason);

using Gateflow.Core.Shadow;

namespace Gateflow.Core.Replay;

/// <summary>What one model gave to one stored request: an answer, or why there is none.</summary>
public sealed record ReplayAnswer
{
    /// <summary>The answer's text, tool calls written out; empty when the model said nothing, null when there is an error.</summary>
    public string? Text { get; init; }

    /// <summary>True when it calls tools. They are never executed.</summary>
    public bool CallsTools { get; init; }

    /// <summary>The calls, where they are known one by one; compared by <see cref="ToolAgreement"/>.</summary>
    public IReadOnlyList<ShadowCall> Calls { get; init; } = [];

    /// <summary>The model said itself that it refuses, by its API's own field.</summary>
    public bool Refused { get; init; }

    /// <summary>The API said that the answer ended at a limit of tokens.</summary>
    public bool Truncated { get; init; }

    /// <summary>Whether the answer, or the arguments of its calls, are valid under the schema that the request gave; null when it gave none.</summary>
    public bool? SchemaValid { get; init; }

    /// <summary>To the last byte of the answer.</summary>
    public double LatencyMs { get; init; }

    /// <summary>USD; null when the price is unknown or the provider counts no tokens.</summary>
    public decimal? Cost { get; init; }

    /// <summary>As counted by the provider; null when it does not say.</summary>
    public int? OutputTokens { get; init; }

    /// <summary>Why there is no answer ("HTTP 500"); never holds content.</summary>
    public string? Error { get; init; }

    public bool IsAnswer => Error is null;

    /// <summary>There is an error, and the provider may have answered all the same: nobody waited for it, or it could not be read.</summary>
    public bool MayBeBilled { get; init; }

    public static ReplayAnswer Failed(string error, bool mayBeBilled = false) => new() { Error = error, MayBeBilled = mayBeBilled };
}

/// <summary>One request answered by both models, as the comparison sees it.</summary>
/// <param name="JsonDemanded">The request asked for JSON.</param>
/// <param name="Again">What the source gave when it was asked once more, for the noise floor; null when it was not asked.</param>
public sealed record AnswerPair(ReplayAnswer Source, ReplayAnswer Target, bool JsonDemanded = false, ReplayAnswer? Again = null)
{
    /// <summary>Only such pairs can be compared.</summary>
    public bool BothAnswered => Source.IsAnswer && Target.IsAnswer;
}

/// <summary>Requests that were planned and never sent, and why.</summary>
public sealed record NotRun(int Requests, string Reason);

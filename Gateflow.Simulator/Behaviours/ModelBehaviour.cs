namespace Gateflow.Simulator.Behaviours;

/// <summary>
/// How one model answers. The five rates share one draw a request, in the order timeout, error, broken stream, malformed,
/// stream error: each is exact while their sum stays at most 1.
/// </summary>
public sealed record ModelBehaviour
{
    /// <summary>Median of the time before the first byte, ms, 0 to 600 000.</summary>
    public double LatencyMs { get; init; } = 40;

    /// <summary>Sigma of the log-normal around the median, 0 (constant) to 3.</summary>
    public double LatencySigma { get; init; } = 0.3;

    /// <summary>Share of requests answered with <see cref="ErrorStatus"/>, 0 to 1.</summary>
    public double ErrorRate { get; init; }

    /// <summary>Status of simulated errors, 400 to 599; 429 carries <c>Retry-After</c>.</summary>
    public int ErrorStatus { get; init; } = 500;

    /// <summary>Share of requests that never get an answer (held until the caller leaves, at most ten minutes), 0 to 1.</summary>
    public double TimeoutRate { get; init; }

    /// <summary>Share of answers whose connection is aborted in the middle, 0 to 1.</summary>
    public double BrokenStreamRate { get; init; }

    /// <summary>Share of answers with status 200 and broken JSON, 0 to 1.</summary>
    public double MalformedRate { get; init; }

    /// <summary>Share of streams that fail in the middle with the protocol's own error event, 0 to 1; an answer in one piece gets <see cref="ErrorStatus"/>.</summary>
    public double StreamErrorRate { get; init; }

    /// <summary>Pace of the answer after the first byte, in estimated tokens a second, 0 (no pacing) to 1 000 000.</summary>
    public double TokensPerSecond { get; init; } = 400;

    /// <summary>1: the normal answer; below: the shortfall is the chance of a truncated, off-topic or empty one (JSON: an invalid one). 0 to 1.</summary>
    public double Quality { get; init; } = 1;

    /// <summary>Shortest generated answer, estimated tokens, 1 to 8192.</summary>
    public int MinAnswerTokens { get; init; } = 40;

    /// <summary>Longest generated answer, estimated tokens, 1 to 8192.</summary>
    public int MaxAnswerTokens { get; init; } = 300;

    /// <summary>Path of recorded answers: JSONL of <c>{"prompt": …, "answers": {model: text}}</c>; null: answers are generated.</summary>
    public string? Answers { get; init; }

    /// <summary>False: the model is unknown here, 404 <c>model_not_found</c>.</summary>
    public bool Exists { get; init; } = true;
}

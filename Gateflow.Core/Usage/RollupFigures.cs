namespace Gateflow.Core.Usage;

/// <summary>Sums and distributions of requests: what every kind of rollup holds. Costs are USD, latencies milliseconds.</summary>
public class RollupFigures
{
    public long Requests { get; set; }

    /// <summary>Failures of models and providers, neither the caller's fault nor a cancel. A migration's target that failed is none when its source answered.</summary>
    public long Errors { get; set; }

    public long ClientErrors { get; set; }

    public long RateLimited { get; set; }

    public long Cancelled { get; set; }

    public long Fallbacks { get; set; }

    /// <summary>Requests that a limit of the key refused before any model was asked; not part of <see cref="Requests"/>.</summary>
    public long Refused { get; set; }

    public long InputTokens { get; set; }

    public long CachedTokens { get; set; }

    public long OutputTokens { get; set; }

    public long ReasoningTokens { get; set; }

    /// <summary>Largest input plus output of one request, tokens.</summary>
    public int MaxContext { get; set; }

    /// <summary>Longest answer, tokens.</summary>
    public int MaxOutput { get; set; }

    /// <summary>Lowest and highest temperature that a request named; null when none did.</summary>
    public double? LeastTemperature { get; set; }

    public double? MostTemperature { get; set; }

    /// <summary>Requests whose token counts are estimates.</summary>
    public long EstimatedRequests { get; set; }

    /// <summary>USD of the requests whose price is known.</summary>
    public decimal Cost { get; set; }

    /// <summary>Requests whose model has no known price.</summary>
    public long UnpricedRequests { get; set; }

    /// <summary>Requests by capability bit: 32 counts, packed.</summary>
    public byte[] CapabilityCounts { get; set; } = [];

    /// <summary>Requests by context size, packed.</summary>
    public byte[] ContextHistogram { get; set; } = [];

    /// <summary>Requests with tokens by size of their input, packed as contexts are.</summary>
    public byte[] InputHistogram { get; set; } = [];

    /// <summary>Requests with tokens by length of their answer, packed as contexts are.</summary>
    public byte[] OutputHistogram { get; set; } = [];

    /// <summary>Latency of successful answers, milliseconds, packed.</summary>
    public byte[] LatencyHistogram { get; set; } = [];
}

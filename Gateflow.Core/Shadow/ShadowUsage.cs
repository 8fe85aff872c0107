namespace Gateflow.Core.Shadow;

/// <summary>What the answer to a copy used.</summary>
/// <param name="InputTokens">Cached ones included.</param>
/// <param name="OutputTokens">Reasoning included.</param>
/// <param name="IsEstimated">Whether the provider did not count them.</param>
/// <param name="Cost">USD; null when the target has no known price.</param>
public sealed record ShadowUsage(long InputTokens, long OutputTokens, bool IsEstimated, decimal? Cost);

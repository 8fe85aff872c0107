using Gateflow.Core.Rollout;

namespace Gateflow.Core.Usage;

/// <summary>One provider that a request was, or was not, sent to: metadata only.</summary>
/// <param name="Model">The model asked.</param>
/// <param name="Provider">Where.</param>
/// <param name="Result">What came of it.</param>
/// <param name="Status">The provider's HTTP status; 0 when it sent none.</param>
/// <param name="StartMs">Milliseconds from the request's arrival to the call.</param>
/// <param name="DurationMs">Milliseconds that the call took, to its last byte; 0 for one that was passed over.</param>
/// <param name="WasAsked">False when the provider was passed over: its breaker was open, its limit reached, or the model denied before.</param>
/// <param name="Shims">What was changed in the request, as in <c>x-gateflow-shims</c>; null when nothing was.</param>
public readonly record struct CallTrace(
    string Model, string Provider, AttemptResult Result, int Status, float StartMs, float DurationMs, bool WasAsked, string? Shims = null);

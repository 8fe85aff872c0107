namespace Gateflow.Gateway.Fallbacks;

/// <summary>A breaker as it stands now.</summary>
/// <param name="Provider">Name of the provider.</param>
/// <param name="Model">The model's id at the provider.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Since">When it came to this state; null when it never left closed.</param>
/// <param name="RetryAfter">How long until a call may try; null when calls pass.</param>
/// <param name="FaultsInARow">Faults since the last answer.</param>
/// <param name="IsDead">True when nothing has got through of late, so that even an only candidate is refused.</param>
public sealed record BreakerSnapshot(
    string Provider, string Model, BreakerState State, DateTimeOffset? Since, TimeSpan? RetryAfter, int FaultsInARow, bool IsDead);

/// <summary>A change of a breaker's state.</summary>
/// <param name="Provider">Name of the provider.</param>
/// <param name="Model">The model's id at the provider.</param>
/// <param name="State">The new state.</param>
/// <param name="At">When.</param>
public sealed record BreakerChange(string Provider, string Model, BreakerState State, DateTimeOffset At);

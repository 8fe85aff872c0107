namespace Gateflow.Core.Providers;

/// <summary>What one call that asks a provider whether it is there came to.</summary>
public sealed record ProbeResult
{
    public required DateTimeOffset At { get; init; }

    /// <summary>Null when all is well.</summary>
    public ProbeFault? Fault { get; init; }

    /// <summary>HTTP status; null when there was no answer.</summary>
    public int? HttpStatus { get; init; }

    public required double LatencyMs { get; init; }

    /// <summary>The provider's own error, else what went wrong; never a secret. Null when all is well.</summary>
    public string? Message { get; init; }

    /// <summary>How many models the provider lists; null when it was not asked for them.</summary>
    public int? ModelsListed { get; init; }

    /// <summary>The model that was asked for an answer; null when none was.</summary>
    public string? Model { get; init; }

    public bool IsOk => Fault is null;
}

/// <summary>What went wrong.</summary>
public enum ProbeFault
{
    /// <summary>The address is none that may be connected to.</summary>
    AddressRefused,
    NoConnection,
    Timeout,
    KeyRefused,

    /// <summary>The account behind the key has nothing left to pay with.</summary>
    NoCredit,
    RateLimited,

    /// <summary>No such model, or no such address at the server.</summary>
    NotFound,

    /// <summary>Another 4xx.</summary>
    Refused,
    ServerError,

    /// <summary>An answer that is not the protocol's: the address is hardly the provider's.</summary>
    Unexpected,
}

using Gateflow.Core.Limits;

namespace Gateflow.Core.Access;

/// <summary>A key as the data plane sees it.</summary>
public sealed record KeyEntry
{
    /// <summary>"key_…"; "key_bootstrap" for the administrator's key of the configuration.</summary>
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required Role Role { get; init; }

    /// <summary>The feature that requests of this key belong to when they name none.</summary>
    public string? Feature { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>True for keys of the demo: their usage is labelled so.</summary>
    public bool Demo { get; init; }

    /// <summary>True for the playground: the very model that is named answers, no migration is taken part in, and no sample is kept.</summary>
    public bool Direct { get; init; }

    /// <summary>Models that the key may ask for; null for all.</summary>
    public IReadOnlyList<string>? AllowedModels { get; init; }

    /// <summary>How much the key may ask for; null for no limit.</summary>
    public KeyLimits? Limits { get; init; }

    /// <summary>Where the key may be used; null for everywhere.</summary>
    public AddressRanges? AllowedAddresses { get; init; }
}

using System.Text.Json.Serialization;

namespace Gateflow.Core.Compatibility;

/// <summary>Whether a target can take over a model's use, check by check: the answer of POST …/compatibility.</summary>
public sealed record CompatibilityReport
{
    /// <summary>True when no check fails; warnings remain to be read.</summary>
    public bool Compatible => Checks.All(x => x.Status != CheckStatus.Fail);

    public required string TargetModel { get; init; }

    public required IReadOnlyList<CompatibilityCheckResult> Checks { get; init; }
}

/// <summary>One check.</summary>
public sealed record CompatibilityCheckResult
{
    /// <summary>"context_window", "max_output", "lifecycle", "usage" or the wire name of a capability.</summary>
    public required string Feature { get; init; }

    public required CheckStatus Status { get; init; }

    public required string Detail { get; init; }

    /// <summary>Requests of the period that it concerns; left out when they were not counted.</summary>
    public long? RequestsAffected { get; init; }

    /// <summary>How requests are changed on their way to the target; left out when they are not.</summary>
    public string? Shim { get; init; }

    /// <summary>True when the warning stands for a missing fact.</summary>
    [JsonIgnore]
    public bool IsUnknown { get; init; }
}

/// <summary>The outcome of a check.</summary>
public enum CheckStatus
{
    Pass,

    /// <summary>It works, but changed by a shim, without effect, or for all that is known.</summary>
    Warn,

    Fail,
}

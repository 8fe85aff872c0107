using Gateflow.Core.Catalog;
using System.Text.Json.Serialization;

namespace Gateflow.Core.Compatibility;

/// <summary>Whether a target can take over a model's use, check by check: the answer of POST …/compatibility.</summary>
public sealed record CompatibilityReport
{
    /// <summary>True when no check fails; warnings remain to be read.</summary>
    public bool Compatible => Checks.All(x => x.Status != CheckStatus.Fail);

    public required string TargetModel { get; init; }

    public required IReadOnlyList<CompatibilityCheckResult> Checks { get; init; }

    /// <summary>The same with the place in the request log where the requests of each check are listed, as far as the log can tell them apart.</summary>
    /// <param name="sourceModel">The model whose requests they are.</param>
    public CompatibilityReport WithExamples(string sourceModel) => this with
    {
        Checks = [.. Checks.Select(check => check with { Examples = check.RequestsAffected is > 0 ? Examples(sourceModel, check) : null })],
    };

    private static string? Examples(string model, CompatibilityCheckResult check)
    {
        var log = $"/v1/management/logs?model={Uri.EscapeDataString(model)}&period=30d";
        return check.AboveTokens is { } most ? $"{log}&min_context={most + 1}"
            : CapabilityNames.TryParse(check.Feature, out _) ? $"{log}&capability={check.Feature}" : null;
    }
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

    /// <summary>The part of all requests of the period that it concerns, 0–1; left out when they were not counted.</summary>
    public double? ShareAffected { get; init; }

    /// <summary>The size in tokens from which requests are concerned, for a context that does not fit; left out otherwise.</summary>
    public long? AboveTokens { get; init; }

    /// <summary>What a person should do about it; left out when there is nothing.</summary>
    public string? WhatToDo { get; init; }

    /// <summary>Path and query of the API that lists the requests concerned; left out when the log cannot tell them apart.</summary>
    public string? Examples { get; init; }

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

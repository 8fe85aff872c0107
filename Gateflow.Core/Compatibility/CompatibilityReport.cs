using Gateflow.Core.Catalog;
using Gateflow.Core.Migrations;
using Gateflow.Core.Usage;
using System.Text.Json.Serialization;

namespace Gateflow.Core.Compatibility;

/// <summary>Whether a target can take over a model's use, check by check: the answer of POST …/compatibility.</summary>
public sealed record CompatibilityReport
{
    /// <summary>True when no check fails; warnings remain to be read.</summary>
    public bool Compatible => Checks.All(x => x.Status != CheckStatus.Fail);

    public required string TargetModel { get; init; }

    public required IReadOnlyList<CompatibilityCheckResult> Checks { get; init; }

    /// <summary>The same with checks that rest on stored requests.</summary>
    public CompatibilityReport With(IEnumerable<CompatibilityCheckResult> sampled, UsageAnalysis usage) =>
        this with { Checks = [.. Checks, .. sampled.Select(check => CheckAdvice.Complete(check, usage))] };

    /// <summary>The same with the place in the request log where the requests of each check are listed, as far as the log can tell them apart.</summary>
    /// <param name="sourceModel">The model whose requests they are.</param>
    /// <param name="scope">Which of them are moved.</param>
    public CompatibilityReport WithExamples(string sourceModel, MigrationScope scope) => this with
    {
        Checks = [.. Checks.Select(check => check with { Examples = check.RequestsAffected is > 0 ? Examples(sourceModel, scope, check) : null })],
    };

    private static string? Examples(string model, MigrationScope scope, CompatibilityCheckResult check)
    {
        if (scope.Features.Count > 1 || scope.ApiKeys.Count > 1 || scope.Users.Count > 0)
        {
            return null; // the log is asked for one feature and one key, and knows no users
        }

        var log = $"/v1/management/logs?model={Uri.EscapeDataString(model)}&period=30d{Only("feature", scope.Features)}{Only("key", scope.ApiKeys)}";
        return check.AboveTokens is { } most ? $"{log}&min_context={most + 1}"
            : CapabilityNames.TryParse(check.Feature, out _) ? $"{log}&capability={check.Feature}"
            : SampledFeatures.LogFilter(check) is var flag and not Capabilities.None ? $"{log}&capability={CapabilityNames.Wire(flag)}" : null;
    }

    private static string Only(string name, IReadOnlyList<string> values) => values is [var one] ? $"&{name}={Uri.EscapeDataString(one)}" : "";
}

/// <summary>One check.</summary>
public sealed record CompatibilityCheckResult
{
    /// <summary>
    /// "context_window", "max_output", "vectors", "lifecycle", "usage" or the wire name of a capability; of stored requests "tool_schema", "response_schema",
    /// "role_layout", "request" for another part of them, or "samples" where there were none; "endpoint" of a path that callers ask at.
    /// </summary>
    public required string Feature { get; init; }

    /// <summary>Which one: the name of a tool or a schema, an order of roles, a parameter, a path; left out where the feature says it.</summary>
    public string? Subject { get; init; }

    public required CheckStatus Status { get; init; }

    public required string Detail { get; init; }

    /// <summary>Requests that it concerns: of the period, or of the samples where <see cref="SamplesChecked"/> is given; left out when they were not counted.</summary>
    public long? RequestsAffected { get; init; }

    /// <summary>The part of those requests that it concerns, 0–1; left out when they were not counted.</summary>
    public double? ShareAffected { get; init; }

    /// <summary>How many stored requests were looked at, in place of all of the period; left out when all were.</summary>
    public int? SamplesChecked { get; init; }

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

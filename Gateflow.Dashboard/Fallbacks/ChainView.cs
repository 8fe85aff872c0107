using Gateflow.Core.Fallbacks;
using Gateflow.Core.Migrations;

namespace Gateflow.Dashboard.Fallbacks;

/// <summary>A fallback chain as the API shows it.</summary>
public sealed record ChainView
{
    public required string Id { get; init; }

    public string? Name { get; init; }

    public required string Primary { get; init; }

    /// <summary>In the order in which they are asked.</summary>
    public required IReadOnlyList<FallbackEntry> Fallbacks { get; init; }

    public required bool AutoActivateOnDeprecation { get; init; }

    public required IReadOnlyList<FallbackReason> Triggers { get; init; }

    public required bool Enabled { get; init; }

    /// <summary>What is allowed but will not work as things stand.</summary>
    public required IReadOnlyList<Fault> Warnings { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }
}

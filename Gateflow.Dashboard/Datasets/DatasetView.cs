using System.Text.Json.Nodes;
using Gateflow.Core.Datasets;

namespace Gateflow.Dashboard.Datasets;

/// <summary>A set as the API answers it and pages show it.</summary>
public sealed record DatasetView
{
    public required string DatasetId { get; init; }

    public required string Name { get; init; }

    public string? Description { get; init; }

    public required int Items { get; init; }

    /// <summary>Items with an expected answer.</summary>
    public required int WithExpected { get; init; }

    /// <summary>Evaluations that were run over it.</summary>
    public required int Runs { get; init; }

    public DateTimeOffset? LastRunAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>What became of items that came with the request; null otherwise.</summary>
    public AddReport? Added { get; init; }
}

/// <summary>An item, decrypted.</summary>
public sealed record DatasetItemView
{
    public required string ItemId { get; init; }

    public required int Position { get; init; }

    public required ItemOrigin Origin { get; init; }

    public string? OriginId { get; init; }

    public string? Feature { get; init; }

    /// <summary>Estimated.</summary>
    public required int InputTokens { get; init; }

    /// <summary>The last user message; null when the item cannot be decrypted.</summary>
    public string? Prompt { get; init; }

    public string? Expected { get; init; }

    /// <summary>The whole request; null when it cannot be decrypted.</summary>
    public JsonObject? Request { get; init; }

    public required DateTimeOffset At { get; init; }
}

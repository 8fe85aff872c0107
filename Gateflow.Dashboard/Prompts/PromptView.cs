using System.Text.Json.Serialization;
using Gateflow.Core.Prompts;

namespace Gateflow.Dashboard.Prompts;

/// <summary>A prompt as listed; its texts stand in its versions.</summary>
public sealed record PromptView
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public string? Description { get; init; }

    public required int LatestVersion { get; init; }

    /// <summary>What migrations name: "name@3".</summary>
    public string Reference => $"{Name}@{LatestVersion}";

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    public static PromptView Of(Prompt prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return new()
        {
            Id = prompt.Id, Name = prompt.Name, Description = prompt.Description, LatestVersion = prompt.Latest, CreatedAt = prompt.CreatedAt, CreatedBy = prompt.CreatedBy,
        };
    }
}

/// <summary>A version of a prompt with its texts.</summary>
public sealed record PromptVersionView
{
    public required string PromptId { get; init; }

    public required int Version { get; init; }

    /// <summary>"name@3".</summary>
    public required string Reference { get; init; }

    /// <summary>Null when it cannot be read: it was encrypted with keys that are gone.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Text { get; init; }

    /// <summary>Texts for single models, by model.</summary>
    public IReadOnlyDictionary<string, string> Variants { get; init; } = new Dictionary<string, string>();

    /// <summary>Names of the variables of all texts.</summary>
    public IReadOnlyList<string> Variables { get; init; } = [];

    public string? Note { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }
}

/// <summary>A migration that names a version of a prompt.</summary>
public sealed record PromptUse(string MigrationId, string Reference, string SourceModel, string? TargetModel);

using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Gateflow.Core.Catalog;
using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;
using Gateflow.Core.Templates;

namespace Gateflow.Dashboard.Templates;

/// <summary>A template as shown, built in or own.</summary>
public sealed record TemplateView
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>True for those that ship with the catalog; they cannot be deleted.</summary>
    public bool BuiltIn { get; init; }

    public string? Description { get; init; }

    /// <summary>The models that it replaces, "provider/id" for those built in, as used for own ones; at least one.</summary>
    public required IReadOnlyList<string> Sources { get; init; }

    /// <summary>Null where the target is chosen in the wizard.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Target { get; init; }

    /// <summary><see cref="Sources"/> as migrations name models; the first is the default when none of them is in use.</summary>
    public required IReadOnlyList<string> SourceModels { get; init; }

    /// <summary><see cref="Target"/> as migrations name it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? TargetModel { get; init; }

    public IReadOnlyList<string> Considerations { get; init; } = [];

    /// <summary>Where the considerations come from.</summary>
    public string Source { get; init; } = "";

    /// <summary>How traffic moves and what rolls back; left out where the defaults hold.</summary>
    public MigrationConfig? Config { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    public string? CreatedBy { get; init; }

    /// <summary>The fields in which <see cref="Config"/> differs from the defaults, the strategy always; none without it.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> ConfigFields
    {
        get
        {
            if (Config is null)
            {
                return [];
            }

            var (own, usual) = (Json(Config), Json(new MigrationConfig()));
            return [.. own.Select(f => f.Key).Union(usual.Select(f => f.Key)).Where(f => f == "strategy" || !JsonNode.DeepEquals(own[f], usual[f]))];
        }
    }

    public static TemplateView Of(MigrationTemplate template)
    {
        ArgumentNullException.ThrowIfNull(template);
        return new()
        {
            Id = template.Id,
            Name = template.Id,
            BuiltIn = true,
            Sources = template.Sources,
            Target = template.Target,
            SourceModels = [.. template.Sources.Select(Bare)],
            TargetModel = Bare(template.Target),
            Considerations = template.Considerations,
            Source = template.Source,
        };
    }

    public static TemplateView Of(OwnTemplate template)
    {
        ArgumentNullException.ThrowIfNull(template);
        return new()
        {
            Id = template.Id,
            Name = template.Name,
            Description = template.Description,
            Sources = [template.SourceModel],
            Target = template.TargetModel,
            SourceModels = [template.SourceModel],
            TargetModel = template.TargetModel,
            Config = template.Config,
            CreatedAt = template.CreatedAt,
            CreatedBy = template.CreatedBy,
        };
    }

    private static JsonObject Json(MigrationConfig config) => (JsonObject)JsonSerializer.SerializeToNode(config, JsonColumn.Options)!;

    private static string Bare(string id) => id[(id.IndexOf('/', StringComparison.Ordinal) + 1)..];
}

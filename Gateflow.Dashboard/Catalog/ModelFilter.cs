using Gateflow.Core;
using Gateflow.Core.Catalog;

namespace Gateflow.Dashboard.Catalog;

/// <summary>Which models are listed. Everything unset takes all.</summary>
public sealed record ModelFilter
{
    /// <summary>Part of an id, name or family, whatever its case.</summary>
    public string? Text { get; init; }

    public string? Provider { get; init; }

    /// <summary>active, deprecated, retiring or retired.</summary>
    public string? Status { get; init; }

    /// <summary><c>in_use</c>, <c>served</c>, <c>changed</c> (some fact differs from what ships with the product), <c>own</c>.</summary>
    public string? Only { get; init; }

    internal bool Takes(ModelRow row)
    {
        var model = row.Model;
        return (Provider is null || model.Provider == Provider)
            && (Status is null || Wire.Name(row.Status) == Status)
            && Only switch
            {
                "in_use" => row.Requests > 0,
                "served" => row.Served,
                "changed" => row.Changed.Count > 0 || model.IsOwn,
                "own" => model.IsOwn,
                _ => true,
            }
            && (Text is null || model.Aliases.Append(model.Id).Append(model.DisplayName).Append(model.Family).Any(n => n.Contains(Text.Trim(), StringComparison.OrdinalIgnoreCase)));
    }
}

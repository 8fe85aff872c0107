using Gateflow.Core.Catalog;
using Gateflow.Core.Routing;
using Gateflow.Core.Usage;

namespace Gateflow.Core.Compatibility;

/// <summary>Whether vectors that are stored can be set against those of a target: only the vectors of one model can.</summary>
public static class VectorCheck
{
    /// <summary>The wire name of the check.</summary>
    public const string Feature = "vectors";

    /// <summary>True when the vectors of two models are of one space: those of one model, whoever serves it.</summary>
    public static bool Alike(ModelRoute a, ModelRoute b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        return a.Id == b.Id || (a.Facts is { } facts && string.Equals(facts.Id, b.Facts?.Id, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>True when the catalog tells that a model answers in words. Of one added here its capabilities must say so: "chat" may be no more than what nobody stated otherwise.</summary>
    public static bool GivesWords(CatalogModel? model) => model switch
    {
        null or { Mode: ModelMode.Embedding } => false,
        { IsOwn: true, Mode: ModelMode.Chat } => model.Supports(Capabilities.Chat) == true,
        _ => true,
    };

    /// <summary>True when the catalog tells that a model gives vectors, or, where it does not tell, its id does.</summary>
    public static bool GivesVectors(ModelRoute model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Facts is { Mode: ModelMode.Embedding } || (!GivesWords(model.Facts) && ModelIds.NamesVectors(model.Id));
    }

    /// <summary>True when the source makes vectors and the target is another model.</summary>
    /// <param name="source">Null when the catalog does not carry it. Where it does not tell, what was used of it does, and what the target is.</param>
    /// <param name="target">Null when the catalog does not carry it.</param>
    /// <param name="used">What was used of the source.</param>
    public static bool Differ(CatalogModel? source, CatalogModel? target, Capabilities used) =>
        (source?.Mode == ModelMode.Embedding || (!GivesWords(source) && (target?.Mode == ModelMode.Embedding || (used.HasFlag(Capabilities.Embeddings) && (source is null || !used.HasFlag(Capabilities.Chat))))))
        && (source is null || !string.Equals(source.Id, target?.Id, StringComparison.OrdinalIgnoreCase));

    /// <summary>True when the source's name says that it makes vectors, which neither the catalog nor what was used of it gainsays, and the target is another model.</summary>
    /// <param name="used">What was used of the source.</param>
    public static bool NamesDiffer(ModelRoute source, ModelRoute target, Capabilities used)
    {
        ArgumentNullException.ThrowIfNull(target);
        return GivesVectors(source) && !used.HasFlag(Capabilities.Chat) && !GivesWords(target.Facts) && !Alike(source, target);
    }

    internal static CompatibilityCheckResult? Check(CatalogModel? source, CatalogModel? target, string name, UsageAnalysis usage) => !Differ(source, target, usage.Used) ? null : new()
    {
        Feature = Feature,
        Status = CheckStatus.Warn,
        Detail = $"Vectors of {source?.Id ?? "the source"} and {name} cannot be compared with each other",
        RequestsAffected = usage.RequestsUsing(Capabilities.Embeddings),
    };
}

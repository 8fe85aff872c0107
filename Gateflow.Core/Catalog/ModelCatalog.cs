using System.Collections.Frozen;
using Gateflow.Core.Compatibility;

namespace Gateflow.Core.Catalog;

/// <summary>All that is known of models. Immutable; look-ups ignore case and take ids, aliases and "provider/id".</summary>
public sealed class ModelCatalog
{
    /// <summary>Vendors of models before those who resell them: a bare id means the first that has it.</summary>
    private static readonly string[] ProviderOrder =
        ["openai", "anthropic", "google", "mistral", "cohere", "xai", "deepseek", "azure-openai", "google-vertex", "amazon-bedrock", "groq", "together"];

    private static readonly Lazy<ModelCatalog> EmbeddedCatalog = new(() => new ModelCatalog(
        CatalogRow.ReadEmbedded(CatalogFiles.Models, CatalogFiles.ModelColumns, CatalogFiles.Model),
        CatalogRow.ReadEmbedded(CatalogFiles.Templates, CatalogFiles.TemplateColumns, CatalogFiles.Template)));

    private readonly FrozenDictionary<string, CatalogModel> byName;
    private readonly FrozenDictionary<string, CatalogModel> byProviderAndName;

    internal ModelCatalog(IEnumerable<CatalogModel> models, IReadOnlyList<MigrationTemplate> templates, ParameterRules? rules = null)
    {
        Rules = rules ?? ParameterRules.Embedded;
        All = [.. models.OrderBy(x => Rank(x.Provider)).ThenBy(x => x.Provider, StringComparer.Ordinal).ThenBy(x => x.Id, StringComparer.Ordinal)];
        Templates = templates;

        var names = new Dictionary<string, CatalogModel>(StringComparer.OrdinalIgnoreCase);
        var pairs = new Dictionary<string, CatalogModel>(StringComparer.OrdinalIgnoreCase);
        foreach (var model in All)
        {
            if (!pairs.TryAdd(Pair(model.Provider, model.Id), model))
            {
                throw new ArgumentException($"{model.Provider}/{model.Id} stands twice in the catalog.", nameof(models));
            }
        }

        // Ids first: one provider's alias never hides its own or, for bare names, a better vendor's id.
        foreach (var model in All)
        {
            names.TryAdd(model.Id, model);
        }

        foreach (var model in All)
        {
            foreach (var alias in model.Aliases)
            {
                pairs.TryAdd(Pair(model.Provider, alias), model);
                if (!names.TryAdd(alias, model) && Rank(model.Provider) < Rank(names[alias].Provider))
                {
                    names[alias] = model;
                }
            }
        }

        byName = names.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        byProviderAndName = pairs.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The day on which the facts that ship with the product were collected.</summary>
    public static DateOnly EmbeddedDate { get; } = new(2026, 11, 22);

    /// <summary>The facts that ship with the product, read on first use.</summary>
    public static ModelCatalog Embedded => EmbeddedCatalog.Value;

    /// <summary>Every model, vendors before resellers, then by id.</summary>
    public IReadOnlyList<CatalogModel> All { get; }

    public IReadOnlyList<MigrationTemplate> Templates { get; }

    /// <summary>What families of models make of parameters.</summary>
    public ParameterRules Rules { get; }

    /// <summary>Place of a provider in the order of vendors; unknown ones come last.</summary>
    public static int Rank(string provider) => Array.IndexOf(ProviderOrder, provider) is var index and >= 0 ? index : ProviderOrder.Length;

    /// <summary>The model of an id, an alias or "provider/id"; null when it is not known.</summary>
    public CatalogModel? Find(string idOrAlias)
    {
        ArgumentNullException.ThrowIfNull(idOrAlias);
        return byName.GetValueOrDefault(idOrAlias) ?? byProviderAndName.GetValueOrDefault(idOrAlias);
    }

    /// <summary>The model of an id or alias at one provider of the catalog.</summary>
    public CatalogModel? Find(string provider, string idOrAlias) => byProviderAndName.GetValueOrDefault(Pair(provider, idOrAlias));

    /// <summary>What one request to a model costs, USD; null when the model or a price is unknown. See <see cref="CatalogModel.Cost"/>.</summary>
    public decimal? Cost(string idOrAlias, long inputTokens, long cachedTokens, long outputTokens) =>
        Find(idOrAlias)?.Cost(inputTokens, cachedTokens, outputTokens);

    /// <summary>The same at the prices of a day.</summary>
    public decimal? Cost(string idOrAlias, long inputTokens, long cachedTokens, long outputTokens, DateOnly day) =>
        Find(idOrAlias)?.Cost(inputTokens, cachedTokens, outputTokens, day);

    /// <summary>
    /// The model that the provider's own replacements lead to and that is still served on that day, following replacements that are retired themselves.
    /// Null when nothing is named or all is gone.
    /// </summary>
    public CatalogModel? Successor(CatalogModel model, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(model);
        var seen = new HashSet<CatalogModel>(ReferenceEqualityComparer.Instance) { model };
        var queue = new Queue<CatalogModel>([model]);
        while (queue.TryDequeue(out var current))
        {
            foreach (var next in current.Replacements.Select(x => Find(current.Provider, x) ?? Find(x)).OfType<CatalogModel>())
            {
                if (next != model && next.StatusOn(today) != LifecycleStatus.Retired)
                {
                    return next;
                }

                if (seen.Add(next))
                {
                    queue.Enqueue(next);
                }
            }
        }

        return null;
    }

    /// <summary>A catalog in which some facts are replaced; later overrides of one model win over earlier ones.</summary>
    /// <exception cref="ArgumentException">A model is not in the catalog and its override names no provider.</exception>
    public ModelCatalog With(IEnumerable<ModelOverride> overrides)
    {
        ArgumentNullException.ThrowIfNull(overrides);
        var models = All.ToList();
        foreach (var change in overrides)
        {
            Replace(models, change);
        }

        return new ModelCatalog(models, Templates, Rules);
    }

    private static void Replace(List<CatalogModel> models, ModelOverride change)
    {
        var index = IndexOf(models, change, model => Same(model.Id, change.Model));
        if (index >= 0)
        {
            models[index] = change.Apply(models[index]);
            return;
        }

        index = IndexOf(models, change, model => model.Aliases.Any(x => Same(x, change.Model)));
        if (index >= 0)
        {
            var whole = models[index];
            models[index] = whole with { Aliases = [.. whole.Aliases.Where(x => !Same(x, change.Model))] };
            models.Add(change.Apply(whole with { Id = change.Model, Aliases = [], DisplayName = change.Model }));
            return;
        }

        models.Add(change.Apply(CatalogModel.Unknown(
            change.Provider ?? throw new ArgumentException($"The model '{change.Model}' is not in the catalog: its override needs a provider.", nameof(change)),
            change.Model)));
    }

    private static int IndexOf(List<CatalogModel> models, ModelOverride change, Predicate<CatalogModel> named)
    {
        return models.FindIndex(x => (change.Provider is null || Same(x.Provider, change.Provider)) && named(x));
    }

    private static bool Same(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);

    private static string Pair(string provider, string id) => $"{provider}/{id}";
}

using Gateflow.Core.Catalog;
using Gateflow.Core.Compatibility;
using Gateflow.Core.Migrations;
using Gateflow.Core.Routing;

namespace Gateflow.Core.Fallbacks;

/// <summary>The rules of a chain that need to know models and the other chains.</summary>
public static class ChainChecks
{
    /// <summary>Every rule that is broken: unknown models, and a circle of chains that activate themselves.</summary>
    /// <param name="id">The chain's id; it replaces the one of that id among <paramref name="all"/>.</param>
    /// <param name="config">What is to be stored, in order.</param>
    /// <param name="models">What is known of models.</param>
    /// <param name="all">Every chain that is stored.</param>
    public static IReadOnlyList<Fault> Faults(string id, ChainConfig config, ModelDirectory models, IReadOnlyList<FallbackChain> all)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(models);
        List<Fault> faults = [];
        if (config.Primary is { Length: > 0 } primary && (!models.Routes.TryGetValue(primary, out var known) || known.Id != primary))
        {
            faults.Add(new Fault("primary", known is null ? Unknown(primary) : $"'{primary}' names a provider; a chain stands behind a model: '{known.Id}'."));
        }

        faults.AddRange(config.Fallbacks.Where(f => f.Model.Length > 0 && !models.Routes.ContainsKey(f.Model)).Select(f => new Fault("fallbacks", Unknown(f.Model))));
        if (Circle(id, config, all) is { } circle)
        {
            faults.Add(new Fault("fallbacks", $"Chains that activate themselves would lead in a circle: {string.Join(" → ", circle)}."));
        }

        return faults;
    }

    /// <summary>What is allowed but will not work as things stand.</summary>
    public static IReadOnlyList<Fault> Warnings(ChainConfig config, ModelDirectory models, bool switchedOn, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(models);
        List<Fault> warnings = [];
        var primary = config.Primary is { } id ? models.Routes.GetValueOrDefault(id) : null;
        foreach (var model in config.Fallbacks.Select(f => f.Model))
        {
            if (!models.Routes.TryGetValue(model, out var route))
            {
                continue;
            }

            if (primary is not null && VectorCheck.GivesVectors(primary) && !VectorCheck.Alike(primary, route))
            {
                warnings.Add(new Fault("fallbacks", $"Vectors of '{primary.Id}' and '{model}' cannot be compared: it never answers in its place, unless a request itself names it."));
            }
            else if (!route.IsServed)
            {
                warnings.Add(new Fault("fallbacks", $"'{model}' is not served by any configured provider; it is passed over until one serves it."));
            }
            else if (route.Facts?.DaysRemaining(today) is { } days and <= CatalogModel.RetiringDays)
            {
                warnings.Add(new Fault("fallbacks", $"'{model}' itself {(days <= 0 ? "retired" : "retires")} on {route.Facts.RetiresOn:yyyy-MM-dd}."));
            }
        }

        if (config.AutoActivateOnDeprecation && !switchedOn)
        {
            warnings.Add(new Fault("auto_activate_on_deprecation", "The global switch is off: PATCH /v1/management/settings {\"auto_fallback_on_deprecation\": true}."));
        }

        if (config.AutoActivateOnDeprecation && models.Routes.GetValueOrDefault(config.Primary!)?.Facts?.RetiresOn is null)
        {
            warnings.Add(new Fault("auto_activate_on_deprecation", $"The catalog has no retirement date of '{config.Primary}'."));
        }

        return warnings;
    }

    private static string Unknown(string model) =>
        $"'{model}' is not known: it is neither in the catalog nor listed at a provider. GET /v1/management/models lists the catalog.";

    /// <summary>Follows the first fallbacks of chains that activate themselves; the models of a circle, else null.</summary>
    private static List<string>? Circle(string id, ChainConfig config, IReadOnlyList<FallbackChain> all)
    {
        var next = all.Where(c => c.Id != id).Select(c => c.Config).Append(config)
            .Where(c => c is { AutoActivateOnDeprecation: true, Enabled: true, Primary: not null, Fallbacks.Count: > 0 })
            .GroupBy(c => c.Primary!, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => Bare(g.Last().Fallbacks[0].Model), StringComparer.Ordinal);
        List<string> path = [];
        for (var model = config.Primary; model is not null; model = next.GetValueOrDefault(model))
        {
            if (path.Contains(model))
            {
                path.Add(model);
                return model == config.Primary ? path : null; // another circle is another chain's
            }

            path.Add(model);
        }

        return null;
    }

    private static string Bare(string model) => model[(model.IndexOf('/', StringComparison.Ordinal) + 1)..];
}

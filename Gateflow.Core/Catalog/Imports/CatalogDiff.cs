using System.Text.Json.Nodes;

namespace Gateflow.Core.Catalog.Imports;

/// <summary>What one entry of a file would change in the catalog. Pure.</summary>
internal static class CatalogDiff
{
    /// <summary>A price that is this many times another looks like a wrong unit.</summary>
    private const decimal SuspiciousFactor = 10m;

    /// <summary>The row; null when the entry says nothing new.</summary>
    public static CatalogImportRow? Of(ModelCatalog catalog, CatalogEntry entry, string importId, int number, DateOnly today)
    {
        if (!ModelIds.IsId(entry.Model) || !ModelIds.IsProvider(entry.Provider))
        {
            entry.Faults.Add("The id cannot be one: visible characters without quotes, at most 200.");
        }

        var known = catalog.Find(entry.Provider, entry.Model);
        var before = known ?? CatalogModel.Unknown(entry.Provider, entry.Model) with { IsOwn = true };
        var changes = entry.Faults.Count > 0 ? [] : Changes(entry, known, before, today);
        var after = before;
        foreach (var change in changes.Where(c => c.Field != PriceFact.Name))
        {
            after = FactFields.Find(change.Field)!.Set(after, change.New?.DeepClone());
        }

        entry.Faults.AddRange(FactChecks.Brought(before, after).Select(f => f.Message));
        if (entry.Faults.Count == 0 && changes.Count == 0 && known is not null)
        {
            return null;
        }

        return new CatalogImportRow
        {
            ImportId = importId,
            Number = number,
            Kind = entry.Faults.Count > 0 ? ImportRowKind.Faulty : known is null ? ImportRowKind.Added : ImportRowKind.Changed,
            State = ImportRowState.Proposed,
            Key = Cut(entry.Key, 300),
            Provider = Cut(entry.Provider, ModelIds.LongestProvider),
            Model = Cut(entry.Model, ModelIds.LongestModel),
            Changes = changes,
            Notes = [.. entry.Faults.Concat(entry.Notes).Select(n => Cut(n, 400))],
        };
    }

    private static List<ImportChange> Changes(CatalogEntry entry, CatalogModel? known, CatalogModel before, DateOnly today)
    {
        List<ImportChange> changes = [];
        Limits(entry, known);
        if (entry.Deprecated && before is { DeprecatedOn: null, RetiresOn: null } && !entry.Facts.ContainsKey(FactFields.DeprecatedOn))
        {
            entry.Facts[FactFields.DeprecatedOn] = FactJson.Day(today);
            entry.Notes.Add("It is marked deprecated without a day; the day of this import stands for it.");
        }

        // What a file says of names and kinds of models that we know is no fact worth a change.
        foreach (var field in FactFields.All.Where(f => entry.Facts.ContainsKey(f.Name) && (known is null || f.Name is not (FactFields.Name or FactFields.Mode))))
        {
            var (old, now) = (field.Get(before), entry.Facts[field.Name]);
            if (known is null || old?.ToJsonString() != now?.ToJsonString())
            {
                changes.Add(new ImportChange(field.Name, known is null ? null : old, known is null ? null : EffectiveCatalog.SourceOf(before, field.Name), now));
            }
        }

        var can = (before.Capabilities | entry.Can) & ~entry.Cannot;
        if (can != before.Capabilities)
        {
            changes.Add(new ImportChange(
                FactFields.Capabilities, known is null ? null : FactJson.Names(CapabilityNames.List(before.Capabilities)),
                known is null ? null : EffectiveCatalog.SourceOf(before, FactFields.Capabilities), FactJson.Names(CapabilityNames.List(can))));
        }

        if (Price(entry, before, today) is { } price)
        {
            changes.Add(price with { Old = known is null ? null : price.Old, OldSource = known is null ? null : price.OldSource });
        }

        return changes;
    }

    /// <summary>Says of a limit that may be the window or the input what it is for this model.</summary>
    private static void Limits(CatalogEntry entry, CatalogModel? known)
    {
        if (entry.InputLimit is not { } limit || limit == known?.MaxInputTokens || limit == known?.ContextWindow)
        {
            return;
        }

        var field = known?.MaxInputTokens is not null || limit < known?.ContextWindow ? FactFields.MaxInputTokens : FactFields.ContextWindow;
        entry.Facts[field] = limit;
    }

    private static ImportChange? Price(CatalogEntry entry, CatalogModel before, DateOnly today)
    {
        var embedding = before.Mode == ModelMode.Embedding || entry.Facts.GetValueOrDefault(FactFields.Mode)?.ToJsonString() == "\"embedding\"";
        if (entry is { Input: 0 or null, Output: 0 or null })
        {
            if (entry.Input is not null || entry.Output is not null)
            {
                entry.Notes.Add("Prices of 0 are left out: files write them for free and for unknown alike.");
            }

            return null;
        }

        var source = EffectiveCatalog.SourceOf(before, PriceFact.Name);
        var old = before.Prices.Count > 0
            ? PricePeriod.On(before.Prices, today) ?? before.Prices[0]
            : new PricePeriod(null, before.InputPrice, before.CachedInputPrice, before.OutputPrice, before.Surcharge) { Source = source };
        var now = old with
        {
            Input = entry.Input ?? old.Input,
            CachedInput = entry.CachedInput is > 0 ? entry.CachedInput : old.CachedInput,
            Output = entry.Output ?? (embedding ? 0 : old.Output),
            Surcharge = entry.Surcharge ?? old.Surcharge,
        };
        if (now == old)
        {
            return null;
        }

        if (Suspicious(old.Input, now.Input) || Suspicious(old.Output, now.Output))
        {
            entry.Notes.Add("A price changes more than tenfold: check the unit before it is applied.");
        }

        return new ImportChange(PriceFact.Name, PriceFact.Json(old), old.Source, PriceFact.Json(now));
    }

    private static bool Suspicious(decimal? old, decimal? now) => old is > 0 && now is > 0 && (now / old > SuspiciousFactor || old / now > SuspiciousFactor);

    private static string Cut(string text, int most) => text.Length <= most ? text : text[..(most - 1)] + "…";
}

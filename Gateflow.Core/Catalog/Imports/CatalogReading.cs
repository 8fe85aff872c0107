using System.Text.Json;

namespace Gateflow.Core.Catalog.Imports;

/// <summary>Reads a file or a provider's list into the rows of an import. Nothing is stored and nothing in force changes.</summary>
/// <param name="catalog">The catalog in force, with which it is compared.</param>
/// <param name="providers">The catalog's names of the providers whose models are wanted; null for all.</param>
/// <param name="importId">The import that the rows belong to.</param>
/// <param name="today">The day whose prices are compared.</param>
public sealed class CatalogReading(ModelCatalog catalog, IReadOnlySet<string>? providers, string importId, DateOnly today)
{
    /// <summary>Most rows that a person can be asked to review.</summary>
    private const int MostRows = 20_000;

    private readonly List<CatalogImportRow> _rows = [];
    private readonly Dictionary<string, int> _skipped = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _seen = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);
    private readonly HashSet<string> _providers = new(StringComparer.Ordinal);
    private int _read;
    private int _unchanged;

    public IReadOnlyList<CatalogImportRow> Rows => _rows;

    public CatalogImportCounts Counts => new()
    {
        Read = _read,
        Added = _rows.Count(r => r.Kind == ImportRowKind.Added),
        Changed = _rows.Count(r => r.Kind == ImportRowKind.Changed),
        Unchanged = _unchanged,
        Missing = _rows.Count(r => r.Kind == ImportRowKind.Missing),
        Faulty = _rows.Count(r => r.Kind == ImportRowKind.Faulty),
        Skipped = _skipped,
    };

    /// <summary>Reads a price file and tells its format.</summary>
    /// <exception cref="CatalogFileException">It is none of the formats, or cannot be read.</exception>
    public async Task<CatalogImportFormat> FileAsync(Stream stream, CancellationToken cancellationToken)
    {
        CatalogImportFormat? format = null;
        await foreach (var (name, value) in JsonMembers.ReadAsync(stream, cancellationToken))
        {
            format ??= LiteLlmFormat.Is(value) ? CatalogImportFormat.Litellm : ModelsDevFormat.Is(value) ? CatalogImportFormat.ModelsDev : null;
            if (format is null)
            {
                throw new CatalogFileException(
                    $"The entry '{Short(name)}' is neither one of LiteLLM's model_prices_and_context_window.json (litellm_provider is missing) nor a provider of models.dev's api.json (models is missing).");
            }

            Member(format.Value, name, value);
        }

        Missing();
        return format ?? throw new CatalogFileException("The file carries no model.");
    }

    /// <summary>Reads a provider's answer.</summary>
    /// <exception cref="CatalogFileException">It is no list of models.</exception>
    public void List(string provider, ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            if (ProviderListFormat.List(document.RootElement) is not { } list)
            {
                throw new CatalogFileException("The provider's answer is no list of models.");
            }

            foreach (var item in list.EnumerateArray())
            {
                var (entry, skipped) = ProviderListFormat.Read(provider, item);
                if (entry is not null && catalog.Find(provider, entry.Model) is null && catalog.Find(entry.Model) is not null)
                {
                    (entry, skipped) = (null, "models whose vendor the catalog has"); // an entry here would hide the vendor's facts
                }

                Take(entry?.Key ?? "", entry, skipped);
            }
        }
        catch (JsonException)
        {
            throw new CatalogFileException("The provider's answer is no JSON.");
        }

        _providers.Add(provider);
        Missing();
    }

    private void Member(CatalogImportFormat format, string name, JsonElement value)
    {
        if (!_keys.Add(name))
        {
            _read++;
            Fault(name, "The key stands twice in the file; the first one counts.");
        }
        else if (format == CatalogImportFormat.Litellm)
        {
            if (LiteLlmFormat.Is(value))
            {
                var (entry, skipped) = LiteLlmFormat.Read(name, value);
                Take(name, entry, skipped);
            }
            else
            {
                _read++;
                Fault(name, "The entry has no litellm_provider.");
            }
        }
        else if (ModelsDevFormat.Is(value))
        {
            foreach (var (key, entry, skipped) in ModelsDevFormat.Read(name, value))
            {
                Take(key, entry, skipped);
            }
        }
        else
        {
            _read++;
            Fault(name, "The provider has no models.");
        }
    }

    private void Take(string key, CatalogEntry? entry, string? skipped)
    {
        _read++;
        if (entry is not null && providers?.Contains(entry.Provider) == false)
        {
            (entry, skipped) = (null, "models of other providers");
        }

        if (entry is null)
        {
            _skipped[skipped!] = _skipped.GetValueOrDefault(skipped!) + 1;
            return;
        }

        _providers.Add(entry.Provider);
        var pair = $"{entry.Provider}/{entry.Model}";
        if (!_seen.TryAdd(pair, key))
        {
            Fault(key, $"It names {pair} like the entry '{Short(_seen[pair])}'; the first one counts.", entry.Provider, entry.Model);
            return;
        }

        if (CatalogDiff.Of(catalog, entry, importId, _rows.Count + 1, today) is { } row)
        {
            Add(row);
        }
        else
        {
            _unchanged++;
        }
    }

    /// <summary>Models in service that the file, which has others of their provider, does not carry.</summary>
    private void Missing()
    {
        foreach (var model in catalog.All.Where(m => _providers.Contains(m.Provider) && m.StatusOn(today) != LifecycleStatus.Retired))
        {
            if (!model.Aliases.Prepend(model.Id).Any(id => _seen.ContainsKey($"{model.Provider}/{id}")))
            {
                Add(Row(ImportRowKind.Missing, $"{model.Provider}/{model.Id}", model.Provider, model.Id, "It is not in the file. Nothing is removed: enter its retirement by hand if it is gone."));
            }
        }
    }

    private void Fault(string key, string fault, string provider = "", string model = "") =>
        Add(Row(ImportRowKind.Faulty, Short(key), provider, model, fault));

    private CatalogImportRow Row(ImportRowKind kind, string key, string provider, string model, string note) => new()
    {
        ImportId = importId, Number = _rows.Count + 1, Kind = kind, State = ImportRowState.Proposed, Key = key, Provider = provider, Model = model, Changes = [], Notes = [note],
    };

    private void Add(CatalogImportRow row)
    {
        if (_rows.Count >= MostRows)
        {
            throw new CatalogFileException($"More than {MostRows} entries differ; name the providers whose models you want.");
        }

        _rows.Add(row);
    }

    private static string Short(string text) => text.Length <= 200 ? text : text[..199] + "…";
}

using System.Text.Json.Nodes;
using Gateflow.Core.Catalog;
using Gateflow.Core.Migrations;

namespace Gateflow.Dashboard.Catalog;

/// <summary>Reads the facts that a request states of a model; every fault is told.</summary>
internal sealed class ModelPatch
{
    /// <summary>Where the person read it; stands beside the facts.</summary>
    public const string SourceMember = "source";

    private const int LongestSource = 300;

    private ModelPatch(string source, IReadOnlyList<StatedFact> facts, IReadOnlyList<Fault> faults) => (Source, Facts, Faults) = (source, facts, faults);

    public string Source { get; }

    public IReadOnlyList<StatedFact> Facts { get; }

    public IReadOnlyList<Fault> Faults { get; }

    /// <param name="body">Facts by their wire names, <c>price</c> with <c>valid_from</c>, and <c>source</c>.</param>
    /// <param name="before">The model as it stands.</param>
    /// <param name="today">The day from which a price holds that names none.</param>
    public static ModelPatch Read(JsonObject body, CatalogModel before, DateOnly today)
    {
        List<Fault> faults = [];
        List<StatedFact> facts = [];
        var source = "";
        var after = before;
        foreach (var (name, value) in body)
        {
            try
            {
                if (name == SourceMember)
                {
                    source = FactJson.ReadText(value, LongestSource) ?? "";
                }
                else if (name == PriceFact.Name)
                {
                    facts.Add(Price(value, before, today));
                }
                else if (FactFields.Find(name) is { } field)
                {
                    after = field.Set(after, value);
                    facts.Add(new StatedFact(name, CatalogFact.Always, value?.DeepClone()));
                }
                else
                {
                    faults.Add(new Fault(name, $"{name} is not known; facts are {string.Join(", ", FactFields.All.Select(f => f.Name))}, price and source."));
                }
            }
            catch (FormatException fault)
            {
                faults.Add(new Fault(name, $"{name} {fault.Message}."));
            }
        }

        if (facts.Count == 0 && faults.Count == 0)
        {
            faults.Add(new Fault("", "The request states no fact."));
        }

        return new ModelPatch(source, facts, faults.Count > 0 ? faults : FactChecks.Brought(before, after));
    }

    /// <summary>A price; what it does not state stays as it was on that day.</summary>
    private static StatedFact Price(JsonNode? value, CatalogModel before, DateOnly today)
    {
        if (value is not JsonObject stated)
        {
            throw new FormatException("must be an object of input, cached_input, output, surcharge and valid_from");
        }

        var from = stated.ContainsKey("valid_from") ? FactJson.ReadDay(stated["valid_from"]) : today;
        var standing = before.Prices.Count > 0
            ? PricePeriod.On(before.Prices, from ?? before.Prices[0].From ?? today) ?? before.Prices[0]
            : EffectiveCatalog.BuiltInPrice(before);
        var json = PriceFact.Json(standing);
        foreach (var (name, amount) in stated.Where(m => m.Key != "valid_from"))
        {
            json[name] = amount?.DeepClone();
        }

        PriceFact.Read(json, from, standing.Source);
        return new StatedFact(PriceFact.Name, CatalogFact.Day(from), json);
    }
}

/// <summary>One fact that a request states.</summary>
/// <param name="Field">Its wire name.</param>
/// <param name="ValidFrom">Of prices the first day; else empty.</param>
/// <param name="Value">Its JSON; null for none.</param>
internal sealed record StatedFact(string Field, string ValidFrom, JsonNode? Value);

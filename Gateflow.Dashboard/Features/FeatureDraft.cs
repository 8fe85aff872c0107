using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Gateflow.Core.Features;
using Gateflow.Core.Migrations;

namespace Gateflow.Dashboard.Features;

/// <summary>What may be set of a feature, with its rules; the same for the API and the page.</summary>
internal sealed record FeatureDraft
{
    private const int MostKeys = 200;
    private const decimal LargestBudget = 1_000_000_000;
    private static readonly string[] Fields = ["name", "owner", "description", "default_keys", "monthly_budget_usd"];

    public string Name { get; init; } = "";

    public string? Owner { get; init; }

    public string? Description { get; init; }

    /// <summary>Ids of keys; null leaves them as they are.</summary>
    public IReadOnlyList<string>? DefaultKeys { get; init; }

    public decimal? MonthlyBudgetUsd { get; init; }

    public static FeatureDraft Of(Feature feature) =>
        new() { Name = feature.Name, Owner = feature.Owner, Description = feature.Description, MonthlyBudgetUsd = feature.MonthlyBudgetUsd };

    public static FeatureDraft Of(FeatureView view) => new()
    {
        Name = view.Name, Owner = view.Owner, Description = view.Description, MonthlyBudgetUsd = view.MonthlyBudgetUsd, DefaultKeys = [.. view.DefaultKeys.Select(k => k.Id)],
    };

    /// <summary>As a request names the fields, the keys in order of their ids.</summary>
    public JsonObject ToJson() => new()
    {
        ["name"] = Name,
        ["owner"] = Owner,
        ["description"] = Description,
        ["monthly_budget_usd"] = MonthlyBudgetUsd,
        ["default_keys"] = new JsonArray([.. (DefaultKeys ?? []).Order(StringComparer.Ordinal).Select(k => JsonValue.Create(k))]),
    };

    /// <summary>Takes the fields that the request names, and finds every fault.</summary>
    public (FeatureDraft Draft, IReadOnlyList<Fault> Faults) With(JsonObject request, bool isNew)
    {
        List<Fault> faults = [];
        var draft = this;
        foreach (var (field, value) in request)
        {
            switch (field)
            {
                case "name" when Is(value, out string? name) && (isNew || name == Name):
                    draft = draft with { Name = name.Trim() };
                    break;
                case "name" when !isNew:
                    faults.Add(new Fault(field, "name cannot be changed: usage, keys and migrations are recorded under it. Make another feature instead."));
                    break;
                case "owner" when value is null || Is(value, out string? _):
                    draft = draft with { Owner = Text(value) };
                    break;
                case "description" when value is null || Is(value, out string? _):
                    draft = draft with { Description = Text(value) };
                    break;
                case "default_keys" when value is JsonArray keys && keys.All(k => Is(k, out string? _)):
                    draft = draft with { DefaultKeys = [.. keys.Select(k => k!.GetValue<string>()).Distinct(StringComparer.Ordinal)] };
                    break;
                case "monthly_budget_usd" when value is null:
                    draft = draft with { MonthlyBudgetUsd = null };
                    break;
                case "monthly_budget_usd" when Is(value, out decimal? usd):
                    draft = draft with { MonthlyBudgetUsd = usd };
                    break;
                default:
                    faults.Add(new Fault(field, Fields.Contains(field)
                        ? $"{field} must be {(field == "default_keys" ? "a list of ids of keys" : field == "monthly_budget_usd" ? "a number" : "a text")}."
                        : $"'{field}' is no field of a feature; there are {string.Join(", ", Fields)}."));
                    break;
            }
        }

        draft.Check(faults);
        return (draft, faults);
    }

    private void Check(List<Fault> faults)
    {
        Must(Name.Length is > 0 and <= Feature.LongestName && !Name.Any(char.IsControl), "name", $"name is required, of at most {Feature.LongestName} characters: the value of the header x-gateflow-feature.");
        Must(Owner is null || Owner.Length <= Feature.LongestOwner, "owner", $"owner may have at most {Feature.LongestOwner} characters.");
        Must(Description is null || Description.Length <= Feature.LongestDescription, "description", $"description may have at most {Feature.LongestDescription} characters.");
        Must(DefaultKeys is null || DefaultKeys.Count <= MostKeys, "default_keys", $"default_keys may name at most {MostKeys} keys.");
        Must(MonthlyBudgetUsd is null or (> 0 and <= LargestBudget), "monthly_budget_usd", "monthly_budget_usd must be above 0 USD, or null for no budget.");

        void Must(bool holds, string field, string message)
        {
            if (!holds && !faults.Exists(f => f.Param == field))
            {
                faults.Add(new Fault(field, message));
            }
        }
    }

    private static string? Text(JsonNode? value) => value?.GetValue<string>().Trim() is { Length: > 0 } text ? text : null;

    private static bool Is<T>(JsonNode? node, [NotNullWhen(true)] out T? value)
    {
        value = default;
        return node is JsonValue some && some.TryGetValue(out value) && value is not null;
    }
}

using System.Globalization;
using System.Text.Json.Nodes;
using Gateflow.Core;
using Gateflow.Core.Catalog;
using Gateflow.Core.Catalog.Imports;
using Gateflow.Dashboard.Parts;

namespace Gateflow.Dashboard.Catalog;

/// <summary>Facts of models in words for people.</summary>
internal static class CatalogWords
{
    public const string Unknown = "unknown";

    /// <summary>Groups of facts that an import can be applied for.</summary>
    public static readonly IReadOnlyList<(string Value, string Text, IReadOnlyList<string>? Fields)> Scopes =
    [
        ("", "All facts", null),
        ("prices", "Prices only", [PriceFact.Name]),
        ("lifecycle", "Lifecycle only", [FactFields.Released, FactFields.DeprecatedOn, FactFields.RetiresOn, FactFields.RetiresOnIsEarliest, FactFields.NotRetiredBefore, FactFields.Replacements]),
        ("limits", "Limits and capabilities only", [FactFields.ContextWindow, FactFields.MaxInputTokens, FactFields.MaxOutputTokens, FactFields.Capabilities]),
    ];

    public static string Value(string field, JsonNode? value) => value is null ? (field is FactFields.DeprecatedOn or FactFields.RetiresOn or FactFields.NotRetiredBefore ? "none announced" : Unknown) : FactFields.Find(field)?.Kind switch
    {
        FactKind.Date => Day(value.ToString()),
        FactKind.Tokens => Display.Count((long)(Number(value) ?? 0), "token"),
        FactKind.Flag => value.GetValue<bool>() ? "yes" : "no",
        FactKind.Capabilities => value.AsArray() is { Count: > 0 } list ? string.Join(", ", list.Select(c => CapabilityNames.TryParse(c!.ToString(), out var flag) ? CapabilityNames.Words(flag) : c.ToString())) : "none stated",
        FactKind.Names => value.AsArray() is { Count: > 0 } names ? string.Join(", ", names.Select(n => n!.ToString())) : "none",
        _ => value.ToString(),
    };

    /// <summary>The new value; of capabilities of a known model only what is added and taken away.</summary>
    public static string Change(string field, JsonNode? old, JsonNode? now)
    {
        if (field != FactFields.Capabilities || old is null)
        {
            return Value(field, now);
        }

        var (before, after) = (FactJson.ReadCapabilities(old), FactJson.ReadCapabilities(now));
        return string.Join("; ", new[] { Listed("adds", after & ~before), Listed("takes away", before & ~after) }.Where(t => t.Length > 0));

        static string Listed(string verb, Capabilities set) => set == Capabilities.None ? "" : $"{verb} {string.Join(", ", CapabilityNames.Split(set).Select(CapabilityNames.Words))}";
    }

    /// <summary>What a price says, member by member: "Input", "$2.50", "$3.00".</summary>
    public static IEnumerable<(string Label, string Old, string New)> Prices(JsonNode? old, JsonNode? now)
    {
        foreach (var (name, label) in new[] { ("input", "Input"), ("cached_input", "Cached input"), ("output", "Output") })
        {
            var (before, after) = (Amount(old?[name]), Amount(now?[name]));
            if (before != after)
            {
                yield return ($"{label} price", before, after);
            }
        }

        var (was, becomes) = (Surcharge(old?["surcharge"]), Surcharge(now?["surcharge"]));
        if (was != becomes)
        {
            yield return ("Long prompts", was, becomes);
        }
    }

    public static string PerMillion(decimal? usd) => usd is { } value ? $"{Display.Money(value)} / 1M" : Unknown;

    public static string Surcharge(LongPromptSurcharge? surcharge) => surcharge is null
        ? "no surcharge"
        : string.Create(CultureInfo.InvariantCulture, $"input ×{surcharge.InputFactor:0.##}, output ×{surcharge.OutputFactor:0.##} above {TokenText.Of(surcharge.AboveInputTokens)} tokens");

    public static string Origin(FactSource source) => source.Origin switch
    {
        FactOrigin.BuiltIn => "ships with Gateflow",
        FactOrigin.Demo => "demo",
        FactOrigin.Override => "entered by hand",
        FactOrigin.Import => "import",
        _ => "provider's list",
    };

    public static Look Look(LifecycleStatus status) => status switch
    {
        LifecycleStatus.Retired => new Look("Retired", "cross", Tone.Breach),
        LifecycleStatus.Retiring => new Look("Retiring", "alert", Tone.Watch),
        LifecycleStatus.Deprecated => new Look("Deprecated", "clock", Tone.Neutral),
        _ => new Look("Active", "check", Tone.Healthy),
    };

    public static Look Look(CatalogImport import) => import.Status switch
    {
        CatalogImportStatus.Applied => new Look("Applied", "check", Tone.Healthy),
        CatalogImportStatus.Undone => new Look("Undone", "rollback", Tone.RolledBack),
        _ => new Look("To review", "clock", Tone.Accent),
    };

    public static Look Look(CatalogImportRow row) => (row.State, row.Kind) switch
    {
        (ImportRowState.Applied, _) => new Look("Applied", "check", Tone.Healthy),
        (ImportRowState.Undone, _) => new Look("Undone", "rollback", Tone.RolledBack),
        (ImportRowState.Stale, _) => new Look("Changed since", "alert", Tone.Watch),
        (_, ImportRowKind.Added) => new Look("New model", "plus", Tone.Accent),
        (_, ImportRowKind.Changed) => new Look("Changed", "pencil", Tone.Neutral),
        (_, ImportRowKind.Missing) => new Look("Not in the file", "dash", Tone.Unknown),
        _ => new Look("Wrong", "cross", Tone.Breach),
    };

    public static string Format(CatalogImportFormat format) => format switch
    {
        CatalogImportFormat.Litellm => "LiteLLM price file",
        CatalogImportFormat.ModelsDev => "models.dev",
        _ => "provider's list",
    };

    /// <summary>"2 new, 1 changed, 4 wrong".</summary>
    public static string Counts(CatalogImportCounts counts) =>
        $"{Display.Number(counts.Added)} new, {Display.Number(counts.Changed)} changed, {Display.Number(counts.Unchanged)} as known, {Display.Number(counts.Faulty)} wrong";

    /// <summary>"/settings/models/openai/gpt-4o".</summary>
    public static string Href(string provider, string id) => $"/settings/models/{Uri.EscapeDataString(provider)}/{string.Join('/', id.Split('/').Select(Uri.EscapeDataString))}";

    private static string Day(string text) => DateOnly.TryParse(text, CultureInfo.InvariantCulture, out var day) ? Display.Date(day) : text;

    private static string Amount(JsonNode? value) => PerMillion(Number(value));

    private static string Surcharge(JsonNode? value) => value is null ? "no surcharge" : Surcharge(new LongPromptSurcharge(
        (int)(Number(value["above_input_tokens"]) ?? 0), Number(value["input_factor"]) ?? 1, Number(value["output_factor"]) ?? 1));

    private static decimal? Number(JsonNode? value) => value is JsonValue json && FactJson.TryDecimal(json, out var number) ? number : null;
}

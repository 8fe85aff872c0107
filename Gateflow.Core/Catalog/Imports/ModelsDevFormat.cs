using System.Text.Json;

namespace Gateflow.Core.Catalog.Imports;

/// <summary>
/// Entries of the api.json of models.dev: an object of providers, each with an object of models; <c>cost</c> in USD per million tokens, <c>limit</c> in
/// tokens.
/// </summary>
internal static class ModelsDevFormat
{
    public static bool Is(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty("models", out var models) && models.ValueKind == JsonValueKind.Object;

    /// <summary>The entries of one provider, and why others are none for us.</summary>
    public static IEnumerable<(string Key, CatalogEntry? Entry, string? Skipped)> Read(string provider, JsonElement json)
    {
        foreach (var member in json.GetProperty("models").EnumerateObject())
        {
            var (entry, skipped) = ReadModel($"{provider}/{member.Name}", ProviderNames.Of(provider), member.Name, member.Value);
            yield return ($"{provider}/{member.Name}", entry, skipped);
        }
    }

    private static (CatalogEntry? Entry, string? Skipped) ReadModel(string key, string provider, string id, JsonElement json)
    {
        var entry = new CatalogEntry { Key = key, Provider = provider, Model = id };
        if (json.ValueKind != JsonValueKind.Object)
        {
            entry.Faults.Add("The entry is no JSON object.");
            return (entry, null);
        }

        var reader = new EntryReader(json, entry);
        var (inputs, outputs) = (Modalities(json, "input"), Modalities(json, "output"));
        if (outputs.Count > 0 && !outputs.Contains("text"))
        {
            return (null, "neither chat, completion nor embedding");
        }

        var embeds = ModelIds.NamesVectors(id);
        entry.Facts[FactFields.Mode] = embeds ? "embedding" : "chat";
        entry.Can |= embeds ? Capabilities.Embeddings : Capabilities.Chat;
        if (reader.Text("name") is { } name)
        {
            entry.Facts[FactFields.Name] = name;
        }

        reader.Day("release_date", FactFields.Released);
        reader.Can("tool_call", Capabilities.FunctionCalling);
        reader.Can("structured_output", Capabilities.JsonSchema);
        reader.Can("reasoning", Capabilities.ReasoningEffort);
        Flag(entry, inputs, "image", Capabilities.Vision);
        Flag(entry, inputs, "audio", Capabilities.AudioInput);
        Flag(entry, inputs, "pdf", Capabilities.FileInput);
        Flag(entry, outputs, "audio", Capabilities.AudioOutput);
        entry.Deprecated = reader.Text("status") == "deprecated";
        if (json.TryGetProperty("limit", out var limit) && limit.ValueKind == JsonValueKind.Object)
        {
            var limits = new EntryReader(limit, entry);
            limits.Tokens("context", FactFields.ContextWindow);
            limits.Tokens("input", FactFields.MaxInputTokens);
            if (!embeds)
            {
                limits.Tokens("output", FactFields.MaxOutputTokens);
            }
        }

        if (json.TryGetProperty("cost", out var cost) && cost.ValueKind == JsonValueKind.Object)
        {
            Prices(new EntryReader(cost, entry), cost, entry);
        }

        return (entry, null);
    }

    private static void Prices(EntryReader reader, JsonElement cost, CatalogEntry entry)
    {
        (entry.Input, entry.CachedInput, entry.Output) = (reader.Price("input", 1), reader.Price("cache_read", 1), reader.Price("output", 1));
        if (cost.TryGetProperty("context_over_200k", out var dear) && dear.ValueKind == JsonValueKind.Object && entry is { Input: > 0, Output: > 0 })
        {
            var above = new EntryReader(dear, entry);
            if (above.Price("input", 1) is { } input && input >= entry.Input && (above.Price("output", 1) ?? entry.Output) is { } output && output >= entry.Output)
            {
                entry.Surcharge = new LongPromptSurcharge(200_000, FactJson.Plain(Math.Round(input / entry.Input.Value, 6)), FactJson.Plain(Math.Round(output / entry.Output.Value, 6)));
            }
        }
    }

    private static void Flag(CatalogEntry entry, HashSet<string> modalities, string name, Capabilities flag)
    {
        if (modalities.Count > 0)
        {
            (entry.Can, entry.Cannot) = modalities.Contains(name) ? (entry.Can | flag, entry.Cannot) : (entry.Can, entry.Cannot | flag);
        }
    }

    private static HashSet<string> Modalities(JsonElement json, string side) =>
        json.TryGetProperty("modalities", out var all) && all.ValueKind == JsonValueKind.Object && all.TryGetProperty(side, out var list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Where(m => m.ValueKind == JsonValueKind.String).Select(m => m.GetString()!)]
            : [];
}

using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Gateflow.Core.Catalog.Imports;

/// <summary>
/// A provider's own list of models. Every provider has ids; some serve more: Anthropic the day of release, Mistral and Azure days of the end, Gemini, Groq and
/// aggregators their limits.
/// </summary>
internal static partial class ProviderListFormat
{
    private static readonly string[] Retires = ["shutdown_date", "shutdown_at", "retirement_date", "retires_on", "retires_at", "sunset_date", "end_of_life"];
    private static readonly string[] Deprecates = ["deprecated_on", "deprecated_at", "deprecation_date", "deprecation"];
    private static readonly string[] Windows = ["context_window", "context_length", "max_context_length", "max_model_len"];
    private static readonly string[] Inputs = ["max_input_tokens", "inputTokenLimit"];
    private static readonly string[] Outputs = ["max_completion_tokens", "max_output_tokens", "outputTokenLimit"];
    private static readonly string[] Successors = ["deprecation_replacement_model", "replacement_model", "replacement", "replaced_by"];

    /// <summary>The list within an answer; null when there is none.</summary>
    public static JsonElement? List(JsonElement root) =>
        root.ValueKind == JsonValueKind.Array ? root
        : root.ValueKind == JsonValueKind.Object && (root.TryGetProperty("data", out var list) || root.TryGetProperty("models", out list)) && list.ValueKind == JsonValueKind.Array ? list
        : null;

    public static (CatalogEntry? Entry, string? Skipped) Read(string provider, JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object || Id(json) is not { } id)
        {
            return (null, "entries without an id");
        }

        if (OtherKinds().IsMatch(id))
        {
            return (null, "neither chat, completion nor embedding");
        }

        var entry = new CatalogEntry { Key = id, Provider = provider, Model = id };
        var reader = new EntryReader(json, entry);
        var embeds = ModelIds.NamesVectors(id);
        entry.Facts[FactFields.Mode] = embeds ? "embedding" : "chat";
        entry.Can |= embeds ? Capabilities.Embeddings : Capabilities.Chat;
        if ((reader.Text("display_name") ?? reader.Text("displayName")) is { } name)
        {
            entry.Facts[FactFields.Name] = name;
        }

        reader.Day("created_at", FactFields.Released); // Anthropic's; the number in OpenAI's "created" is no day of release
        First(Windows, reader, FactFields.ContextWindow);
        First(Inputs, reader, FactFields.MaxInputTokens);
        First(Outputs, reader, FactFields.MaxOutputTokens);
        End(json, reader, entry);
        if (json.TryGetProperty("capabilities", out var can) && can.ValueKind == JsonValueKind.Object)
        {
            var capabilities = new EntryReader(can, entry);
            capabilities.Can("function_calling", Capabilities.FunctionCalling);
            capabilities.Can("vision", Capabilities.Vision);
        }

        return (entry, null);
    }

    private static void End(JsonElement json, EntryReader reader, CatalogEntry entry)
    {
        foreach (var name in Retires.Where(n => reader.Text(n) is not null))
        {
            reader.Day(name, FactFields.RetiresOn);
        }

        foreach (var name in Deprecates.Where(n => reader.Text(n) is not null))
        {
            reader.Day(name, FactFields.DeprecatedOn);
        }

        // Azure: {"deprecation": {"inference": seconds}} is the day from which the model no longer answers.
        if (json.TryGetProperty("deprecation", out var azure) && azure.ValueKind == JsonValueKind.Object
            && azure.TryGetProperty("inference", out var at) && at.TryGetInt64(out var seconds) && seconds is > 0 and < 4_000_000_000)
        {
            entry.Facts[FactFields.RetiresOn] = DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeSeconds(seconds).UtcDateTime).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        }

        if (Successors.Select(reader.Text).FirstOrDefault(t => t is not null && ModelIds.IsId(t)) is { } successor)
        {
            entry.Facts[FactFields.Replacements] = new JsonArray(successor);
        }

        entry.Deprecated = reader.Flag("deprecated") == true;
        if (reader.Flag("active") == false)
        {
            entry.Notes.Add("The provider lists it as not active.");
        }
    }

    private static void First(string[] names, EntryReader reader, string field)
    {
        foreach (var name in names)
        {
            reader.Tokens(name, field);
        }
    }

    private static string? Id(JsonElement json)
    {
        var id = json.TryGetProperty("id", out var own) && own.ValueKind == JsonValueKind.String ? own.GetString()
            : json.TryGetProperty("name", out own) && own.ValueKind == JsonValueKind.String ? own.GetString() : null;
        id = id?.StartsWith("models/", StringComparison.Ordinal) == true ? id["models/".Length..] : id;
        return id is not null && ModelIds.IsId(id) ? id : null;
    }

    [GeneratedRegex(@"whisper|(^|-)tts|dall-e|moderation|(^|-)image|imagen|(^|[-/])veo-|sora|transcribe|realtime|(^|-)rerank|^ft:|(^|[-/])ocr", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex OtherKinds();
}

using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Gateflow.Core.Catalog.Imports;

/// <summary>
/// Entries of LiteLLM's model_prices_and_context_window.json: an object of models by key; prices in USD per token; <c>deprecation_date</c> is the day on
/// which the model is no longer served.
/// </summary>
internal static partial class LiteLlmFormat
{
    private const decimal PerToken = 1_000_000m;

    /// <summary>Capabilities by their member.</summary>
    private static readonly (string Name, Capabilities Flag)[] Supports =
    [
        ("supports_function_calling", Capabilities.FunctionCalling),
        ("supports_parallel_function_calling", Capabilities.ParallelTools),
        ("supports_vision", Capabilities.Vision),
        ("supports_audio_input", Capabilities.AudioInput),
        ("supports_audio_output", Capabilities.AudioOutput),
        ("supports_pdf_input", Capabilities.FileInput),
        ("supports_response_schema", Capabilities.JsonSchema),
        ("supports_prompt_caching", Capabilities.PromptCaching),
        ("supports_reasoning", Capabilities.ReasoningEffort),
        ("supports_native_streaming", Capabilities.Streaming),
    ];

    public static bool Is(JsonElement value) => value.ValueKind == JsonValueKind.Object && value.TryGetProperty("litellm_provider", out _);

    /// <summary>The entry, or why there is none for us.</summary>
    public static (CatalogEntry? Entry, string? Skipped) Read(string key, JsonElement json)
    {
        var theirs = json.GetProperty("litellm_provider") is { ValueKind: JsonValueKind.String } name ? name.GetString()! : "";
        if (key == "sample_spec")
        {
            return (null, "the file's own example");
        }

        var provider = ProviderNames.Of(theirs);
        var id = Id(key, theirs);
        if (id is null)
        {
            return (null, "prices of one region, size or fine-tuning");
        }

        var entry = new CatalogEntry { Key = key, Provider = provider, Model = id };
        var reader = new EntryReader(json, entry);
        switch (reader.Text("mode"))
        {
            case "chat" or "responses":
                entry.Facts[FactFields.Mode] = "chat";
                entry.Can |= Capabilities.Chat;
                break;
            case "completion":
                entry.Facts[FactFields.Mode] = "completion";
                entry.Can |= Capabilities.Completions;
                break;
            case "embedding":
                entry.Facts[FactFields.Mode] = "embedding";
                entry.Can |= Capabilities.Embeddings;
                break;
            default:
                return (null, "neither chat, completion nor embedding");
        }

        entry.InputLimit = reader.Tokens("max_input_tokens") ?? reader.Tokens("max_tokens");
        if ((reader.Tokens("max_output_tokens") ?? reader.Tokens("max_tokens")) is { } output && entry.Facts[FactFields.Mode]!.GetValue<string>() != "embedding")
        {
            entry.Facts[FactFields.MaxOutputTokens] = output;
        }

        Prices(reader, json, entry);
        reader.Day("deprecation_date", FactFields.RetiresOn);
        foreach (var (member, flag) in Supports)
        {
            reader.Can(member, flag);
        }

        return (entry, null);
    }

    private static void Prices(EntryReader reader, JsonElement json, CatalogEntry entry)
    {
        entry.Input = reader.Price("input_cost_per_token", PerToken);
        entry.Output = reader.Price("output_cost_per_token", PerToken);
        entry.CachedInput = reader.Price("cache_read_input_token_cost", PerToken);
        foreach (var member in json.EnumerateObject())
        {
            if (LongPrompt().Match(member.Name) is { Success: true } found && entry is { Input: > 0, Output: > 0 })
            {
                var input = reader.Price(member.Name, PerToken);
                var output = reader.Price($"output_cost_per_token_above_{found.Groups[1].Value}k_tokens", PerToken) ?? entry.Output;
                if (input >= entry.Input && output >= entry.Output)
                {
                    entry.Surcharge = new LongPromptSurcharge(
                        int.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture) * 1000,
                        FactJson.Plain(Math.Round(input.Value / entry.Input.Value, 6)), FactJson.Plain(Math.Round(output.Value / entry.Output.Value, 6)));
                }
            }
        }
    }

    /// <summary>The model's id; null for regional, sized or fine-tuned prices of a model that has an entry of its own.</summary>
    private static string? Id(string key, string provider)
    {
        var id = key;
        foreach (var prefix in new[] { provider, provider.StartsWith("vertex_ai", StringComparison.Ordinal) ? "vertex_ai" : provider, provider == "bedrock_converse" ? "bedrock" : provider })
        {
            id = id.StartsWith(prefix + "/", StringComparison.Ordinal) ? id[(prefix.Length + 1)..] : id;
        }

        return Regional().IsMatch(id) ? null : id;
    }

    [GeneratedRegex(@"^input_cost_per_token_above_(\d{2,4})k_tokens$", RegexOptions.CultureInvariant)]
    private static partial Regex LongPrompt();

    [GeneratedRegex(@"^(us|eu|global|global-standard|[a-z]{2}(-[a-z]+)+-\d|\d+-x-\d+|\*|1-month-commitment|6-month-commitment)/|/\*|^(us|us-gov|eu|apac|jp|au|ca|global)\.|^ft:", RegexOptions.CultureInvariant)]
    private static partial Regex Regional();
}

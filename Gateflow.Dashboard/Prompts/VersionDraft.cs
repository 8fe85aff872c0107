using System.Text.Json.Nodes;

namespace Gateflow.Dashboard.Prompts;

/// <summary>A version while somebody writes it.</summary>
public sealed class VersionDraft
{
    private readonly List<VariantDraft> variants = [];

    public string? Text { get; set; }

    public string? Note { get; set; }

    public IReadOnlyList<VariantDraft> Variants => variants;

    /// <summary>Begins with what a version says.</summary>
    public static VersionDraft Of(PromptVersionView? version)
    {
        var draft = new VersionDraft { Text = version?.Text };
        draft.variants.AddRange((version?.Variants ?? new Dictionary<string, string>()).Select(v => new VariantDraft { Model = v.Key, Text = v.Value }));
        return draft;
    }

    public void Add() => variants.Add(new VariantDraft());

    public void Remove(VariantDraft variant) => variants.Remove(variant);

    /// <summary>Why it cannot be sent as it is; null when it can.</summary>
    public string? Fault() =>
        variants.Exists(v => string.IsNullOrWhiteSpace(v.Model)) ? "Name the model of each variant."
        : variants.GroupBy(v => v.Model!.Trim(), StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice ? $"'{twice.Key}' has two variants."
        : null;

    /// <summary>The body of POST <c>/prompts/{id}/versions</c>.</summary>
    public JsonObject Request() => new()
    {
        ["text"] = Text ?? "",
        ["variants"] = new JsonObject(variants.Select(v => KeyValuePair.Create(v.Model!.Trim(), (JsonNode?)JsonValue.Create(v.Text ?? "")))),
        ["note"] = Note,
    };
}

/// <summary>A text for one model.</summary>
public sealed class VariantDraft
{
    public string? Model { get; set; }

    public string? Text { get; set; }
}

using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Gateflow.Core.Prompts;

/// <summary>What a version of a prompt says.</summary>
/// <param name="Text">With variables as {{name}}.</param>
/// <param name="Variants">Texts for single models, by model id, in place of <paramref name="Text"/>.</param>
public sealed partial record PromptContent(string Text, IReadOnlyDictionary<string, string> Variants)
{
    public const int LongestText = 100_000;
    public const int MostVariants = 20;

    /// <summary>Names of the variables of the text and of every variant, in the order in which they first occur.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Variables =>
        [.. Variants.Values.Prepend(Text).SelectMany(t => Variable().Matches(t)).Select(m => m.Groups[1].Value).Distinct(StringComparer.Ordinal)];

    /// <summary>The text that a model gets.</summary>
    public string For(string model) => Variants.GetValueOrDefault(model, Text);

    [GeneratedRegex(@"\{\{\s*([A-Za-z_][A-Za-z0-9_.-]{0,63})\s*\}\}", RegexOptions.None, 1000)]
    private static partial Regex Variable();
}

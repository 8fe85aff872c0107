using System.Text.RegularExpressions;

namespace Gateflow.Dashboard.Management;

/// <summary>What docs/api.md says of a migration's fields, for the API's document.</summary>
internal static partial class ApiGuide
{
    /// <summary>Each field's meaning, with its range where it has one.</summary>
    public static IReadOnlyDictionary<string, string> Fields { get; } = Read();

    private static Dictionary<string, string> Read()
    {
        using var text = new StreamReader(typeof(ApiGuide).Assembly.GetManifestResourceStream("api.md")!);
        return Field().Matches(text.ReadToEnd()).ToDictionary(m => m.Groups["name"].Value, Sentence, StringComparer.Ordinal);
    }

    private static string Sentence(Match field)
    {
        var (meaning, range) = (Pointer().Replace(field.Groups["meaning"].Value.Trim(), ""), field.Groups["range"].Value.Trim());
        return Link().Replace($"{char.ToUpperInvariant(meaning[0])}{meaning[1..]}{(range.Length > 0 ? $" ({range})" : "")}", "$1");
    }

    /// <summary>Name, type, range, default and meaning.</summary>
    [GeneratedRegex(@"^\| `(?<name>\w+)`\*? \|[^|\n]*\|(?<range>[^|\n]*)\| `[^`\n]*` \|(?<meaning>[^|\n]*)\|", RegexOptions.Multiline)]
    private static partial Regex Field();

    /// <summary>Where to read on.</summary>
    [GeneratedRegex(@": \[[^\]]+\]\([^)]*\)$")]
    private static partial Regex Pointer();

    [GeneratedRegex(@"\[([^\]]+)\]\([^)]*\)")]
    private static partial Regex Link();
}

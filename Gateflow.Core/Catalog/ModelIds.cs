using System.Text.RegularExpressions;

namespace Gateflow.Core.Catalog;

/// <summary>What an id of a model or provider may look like.</summary>
public static partial class ModelIds
{
    public const int LongestModel = 200;
    public const int LongestProvider = 64;

    /// <summary>True for 1 to 200 visible ASCII characters without quotes and backslashes.</summary>
    public static bool IsId(string text) => text.Length is > 0 and <= LongestModel && text.All(static c => c is > ' ' and < (char)127 and not ('"' or '\\' or '<' or '>'));

    /// <summary>True for a name without a slash: it stands before one.</summary>
    public static bool IsProvider(string text) => text.Length <= LongestProvider && IsId(text) && !text.Contains('/', StringComparison.Ordinal);

    /// <summary>True when a model's name tells that it gives vectors: text-embedding-3-small, bge-m3, multilingual-e5-large.</summary>
    public static bool NamesVectors(string id) => Vectors().IsMatch(id);

    [GeneratedRegex("embed|(?<![a-z0-9])(bge|e5|gte)-(?!.*rerank)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Vectors();
}

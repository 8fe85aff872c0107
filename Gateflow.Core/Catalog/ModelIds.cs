namespace Gateflow.Core.Catalog;

/// <summary>What an id of a model or provider may look like.</summary>
public static class ModelIds
{
    public const int LongestModel = 200;
    public const int LongestProvider = 64;

    /// <summary>True for 1 to 200 visible ASCII characters without quotes and backslashes.</summary>
    public static bool IsId(string text) => text.Length is > 0 and <= LongestModel && text.All(static c => c is > ' ' and < (char)127 and not ('"' or '\\' or '<' or '>'));

    /// <summary>True for a name without a slash: it stands before one.</summary>
    public static bool IsProvider(string text) => text.Length <= LongestProvider && IsId(text) && !text.Contains('/', StringComparison.Ordinal);
}

namespace Gateflow.Core.Usage;

/// <summary>Makes texts from requests fit for their columns: one that a database refuses would keep the whole batch from being stored.</summary>
internal static class Columns
{
    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(text))]
    public static string? Fit(string? text, int length)
    {
        if (text is null || (text.Length <= length && !text.Contains('\0', StringComparison.Ordinal)))
        {
            return text;
        }

        var end = Math.Min(text.Length, length);
        if (end < text.Length && char.IsHighSurrogate(text[end - 1]))
        {
            end--;
        }

        return text[..end].Replace('\0', '\uFFFD');
    }
}

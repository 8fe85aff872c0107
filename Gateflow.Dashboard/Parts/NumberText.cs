using System.Text.RegularExpressions;

namespace Gateflow.Dashboard.Parts;

/// <summary>Numbers as people type them: a point or a comma before the fraction.</summary>
public static partial class NumberText
{
    /// <summary>True for "1,000", which is a thousand to some and 1 to others: no form may guess.</summary>
    public static bool IsAmbiguous(string text) => Grouped().IsMatch(text);

    /// <summary>The text with a point for its comma, ready to be parsed; null when it is ambiguous.</summary>
    public static string? Plain(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return IsAmbiguous(text) ? null : text.Trim().Replace(',', '.');
    }

    [GeneratedRegex(@"^\s*[1-9]\d{0,2}(,\d{3})+(\.|\s*$)", RegexOptions.ExplicitCapture)]
    private static partial Regex Grouped();
}

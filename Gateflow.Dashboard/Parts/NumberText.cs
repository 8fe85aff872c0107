using System.Globalization;
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

    /// <summary>An amount such as "12.50" or "12,50", from 0; null when it is none, or ambiguous.</summary>
    public static decimal? Amount(string? text) =>
        text is not null && Plain(text) is { } plain && decimal.TryParse(plain, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount) ? amount : null;

    /// <summary>A whole number from 0, with or without commas between its thousands, which mean nothing else where there is no fraction; null when it is none.</summary>
    public static long? Whole(string? text) =>
        text is not null && long.TryParse(IsAmbiguous(text) ? text.Replace(",", "", StringComparison.Ordinal) : text,
            NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number) ? number : null;

    [GeneratedRegex(@"^\s*[1-9]\d{0,2}(,\d{3})+(\.|\s*$)", RegexOptions.ExplicitCapture)]
    private static partial Regex Grouped();
}

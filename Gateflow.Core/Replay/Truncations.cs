using System.Globalization;

namespace Gateflow.Core.Replay;

/// <summary>Tells answers that stop before they end.</summary>
public static class Truncations
{
    /// <summary>Characters below which a text may be a label, a name or a number, which end without a mark.</summary>
    public const int Shortest = 60;

    private const string Fence = "```";

    /// <summary>Marks after which a sentence or a list goes on.</summary>
    private const string GoingOn = ",;:-–—/([{、，；：";

    /// <summary>
    /// True when the API says that the limit of tokens was reached; else, of texts that are long enough, when a fence of code stays open, or when the last
    /// character is a letter, a digit, or a mark after which a sentence goes on. Lists and signatures often end so too: only a difference between two
    /// models tells something.
    /// </summary>
    public static bool Is(ReplayAnswer answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        var text = (answer.Text ?? "").AsSpan().TrimEnd();
        return answer.Truncated || (!answer.CallsTools && text.Length >= Shortest && (text.Count(Fence) % 2 == 1 || GoesOn(text)));
    }

    private static bool GoesOn(ReadOnlySpan<char> text) => GoingOn.Contains(text[^1]) || CharUnicodeInfo.GetUnicodeCategory(text[^1])
        is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter
        or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.DecimalDigitNumber;
}

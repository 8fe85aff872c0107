using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Gateflow.Core.Replay;

/// <summary>
/// Cuts a text into terms: lower-case words of letters and digits after Unicode normalisation (NFKC), each pictogram a word of its own,
/// and each character of a script that is written without spaces. Punctuation and mark-up vanish.
/// </summary>
internal static class LexicalTerms
{
    /// <summary>Characters of a text that are looked at; later ones do not change what it is about.</summary>
    public const int LongestText = 60_000;

    /// <summary>Length of the leading character n-gram, which joins the forms of a word (act-or, act-ress, act-ing).</summary>
    public const int Lead = 4;

    /// <summary>Words that are common in any English text, whatever the texts at hand.</summary>
    public static readonly FrozenSet<string> Common = FrozenSet.ToFrozenSet(
        ("a about all also an and any are as at be been but by can could do does for from had has have how i if in into is it its just like make "
        + "may more most my no not of on one only or other our out over s so some such t than that the their them then there these they this "
        + "to up use was we well were what when where which while who will with would you your").Split(' '), StringComparer.Ordinal);

    public static List<string> Words(string text)
    {
        text = Normalise(text.Length > LongestText ? text[..LongestText] : text);
        List<string> words = [];
        var word = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            var category = Rune.GetUnicodeCategory(rune);
            var alone = category == UnicodeCategory.OtherSymbol || IsUnspaced(rune.Value);
            if (!alone && (Rune.IsLetterOrDigit(rune) || category is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark))
            {
                word.Append(rune);
                continue;
            }

            Flush(words, word);
            if (alone && rune.Value != Rune.ReplacementChar.Value)
            {
                words.Add(rune.ToString());
            }
        }

        Flush(words, word);
        return words;
    }

    /// <summary>The leading character n-gram of each word; of scripts without spaces, each pair of neighbours.</summary>
    public static IEnumerable<string> Leads(List<string> words)
    {
        for (var i = 0; i < words.Count; i++)
        {
            var word = words[i];
            yield return word.Length > Lead ? word[..Lead]
                : i + 1 < words.Count && IsUnspaced(char.ConvertToUtf32(word, 0)) ? word + words[i + 1]
                : word;
        }
    }

    private static void Flush(List<string> words, StringBuilder word)
    {
        if (word.Length > 0)
        {
            words.Add(word.ToString());
            word.Clear();
        }
    }

    /// <summary>A lone surrogate, as a cut stream may leave one, cannot be normalised: it is replaced first.</summary>
    private static string Normalise(string text)
    {
        if (!text.IsNormalizedSafely())
        {
            text = string.Concat(text.EnumerateRunes());
        }

        return text.Normalize(NormalizationForm.FormKC).ToLowerInvariant();
    }

    private static bool IsNormalizedSafely(this string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]))
            {
                if (!char.IsHighSurrogate(text[i]) || i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1]))
                {
                    return false;
                }

                i++;
            }
        }

        return true;
    }

    /// <summary>Thai, Lao, Khmer, kana and Chinese characters.</summary>
    private static bool IsUnspaced(int rune) =>
        rune is (>= 0x0E00 and <= 0x0EFF) or (>= 0x1780 and <= 0x17FF) or (>= 0x3040 and <= 0x30FF) or (>= 0x3400 and <= 0x9FFF) or (>= 0x20000 and <= 0x3134F);
}

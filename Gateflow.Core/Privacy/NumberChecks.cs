using System.Collections.Frozen;
using System.Text;

namespace Gateflow.Core.Privacy;

/// <summary>Finds cards and IBANs among digits and letters by their check digits, shapes and lengths.</summary>
internal static class NumberChecks
{
    /// <summary>Of a card's digits: five by fours.</summary>
    private const int MostGroups = 5;

    /// <summary>Lengths by country, from the IBAN registry of SWIFT.</summary>
    private static readonly FrozenDictionary<string, int> IbanLengths = (
        "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 "
        + "IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SE24 SI19 SK24 SM27 ST25 SV28 TL23 TN24 "
        + "TR26 UA29 VA22 VG24 XK20").Split(' ').ToFrozenDictionary(x => x[..2], x => int.Parse(x.AsSpan(2), System.Globalization.CultureInfo.InvariantCulture), StringComparer.OrdinalIgnoreCase);

    /// <summary>Characters of the IBAN at a text's beginning; 0 when none stands there.</summary>
    public static int IbanLength(string text)
    {
        if (!IbanLengths.TryGetValue(text[..2], out var length))
        {
            return 0;
        }

        var (letters, at) = (new StringBuilder(length), 0);
        for (; at < text.Length && letters.Length < length; at++)
        {
            if (text[at] != ' ')
            {
                letters.Append(char.ToUpperInvariant(text[at]));
            }
        }

        return letters.Length == length && (at == text.Length || !char.IsAsciiLetterOrDigit(text[at])) && Remainder($"{letters}"[4..] + $"{letters}"[..4]) == 1 ? at : 0;
    }

    /// <summary>A run of digits, spaces and hyphens with each card in it replaced.</summary>
    public static string ReplaceCards(string run, string mark)
    {
        var groups = Groups(run);
        var (result, written) = (new StringBuilder(), 0);
        for (var first = 0; first < groups.Count; first++)
        {
            for (var last = Math.Min(groups.Count - 1, first + MostGroups - 1); last >= first; last--)
            {
                var (start, end) = (groups[first].Start, groups[last].End);
                if (IsShape(groups, first, last) && IsCard(run.AsSpan(start, end - start)))
                {
                    result.Append(run, written, start - written).Append(mark);
                    (written, first) = (end, last);
                    break;
                }
            }
        }

        return written == 0 ? run : result.Append(run, written, run.Length - written).ToString();
    }

    /// <summary>13 to 19 digits of a payment network (ISO/IEC 7812: first digit 2 to 6) under Luhn's check.</summary>
    public static bool IsCard(ReadOnlySpan<char> text)
    {
        var (sum, count) = (0, 0);
        for (var i = text.Length - 1; i >= 0; i--)
        {
            if (char.IsAsciiDigit(text[i]))
            {
                var digit = (text[i] - '0') * (count++ % 2 == 0 ? 1 : 2);
                sum += digit > 9 ? digit - 9 : digit;
            }
        }

        return count is >= 13 and <= 19 && sum % 10 == 0 && text[0] is >= '2' and <= '6';
    }

    /// <summary>One group, or groups as they stand on cards: by fours, or 4-6-5 and 4-6-4.</summary>
    private static bool IsShape(List<(int Start, int End)> groups, int first, int last)
    {
        int Size(int group) => groups[group].End - groups[group].Start;

        if (first == last)
        {
            return true;
        }

        if (last - first == 2 && Size(first) == 4 && Size(first + 1) == 6 && Size(last) is 4 or 5)
        {
            return true;
        }

        for (var i = first; i < last; i++)
        {
            if (Size(i) != 4)
            {
                return false;
            }
        }

        return Size(last) <= 4;
    }

    private static List<(int Start, int End)> Groups(string run)
    {
        List<(int, int)> groups = [];
        var start = -1;
        for (var i = 0; i <= run.Length; i++)
        {
            var digit = i < run.Length && char.IsAsciiDigit(run[i]);
            if (digit && start < 0)
            {
                start = i;
            }
            else if (!digit && start >= 0)
            {
                groups.Add((start, i));
                start = -1;
            }
        }

        return groups;
    }

    /// <summary>Modulo 97, letters as the numbers 10 to 35 (ISO 13616, ISO 7064).</summary>
    private static int Remainder(string text)
    {
        var rest = 0;
        foreach (var c in text)
        {
            rest = char.IsAsciiDigit(c) ? ((rest * 10) + (c - '0')) % 97 : ((rest * 100) + (c - 'A' + 10)) % 97;
        }

        return rest;
    }
}

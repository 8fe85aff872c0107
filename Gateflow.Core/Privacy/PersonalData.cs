using System.Text;
using System.Text.RegularExpressions;

namespace Gateflow.Core.Privacy;

/// <summary>
/// Finds personal data in a text and puts a mark in its place: "[email]", "[phone]", "[card]", "[iban]", "[key]". All patterns take linear time. It takes rather too
/// much than too little, and does not know names and addresses of people.
/// </summary>
internal sealed partial class PersonalData(Redactions kinds)
{
    public const string CardMark = "[card]";
    public const string KeyMark = "[key]";

    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;
    private const int LeastDigitsOfPhone = 9;
    private const string SecretNames = "(?:api[_-]?key|access[_-]?key|secret|password|passwd|auth[_-]?token|access[_-]?token)";

    public string Replace(string text)
    {
        if (kinds.HasFlag(Redactions.Key))
        {
            text = PrivateKeys().Replace(text, KeyMark);
            text = Named().Replace(text, m => m.Groups["before"].Value + KeyMark);
            text = Prefixed().Replace(text, KeyMark);
            text = Words().Replace(text, m => IsRandom(m.Value) ? KeyMark : m.Value);
        }

        text = kinds.HasFlag(Redactions.Email) ? Emails().Replace(text, "[email]") : text;
        text = kinds.HasFlag(Redactions.Iban) ? ReplaceIbans(text) : text;
        text = kinds.HasFlag(Redactions.Card) ? Cards().Replace(text, m => NumberChecks.ReplaceCards(m.Value, CardMark)) : text;
        return kinds.HasFlag(Redactions.Phone) ? Phones().Replace(text, m => Phone(m.Groups["before"].Value, m.Value)) : text;
    }

    /// <summary>Whether a JSON number is a card's.</summary>
    public bool IsCard(string number) => kinds.HasFlag(Redactions.Card) && number.All(char.IsAsciiDigit) && NumberChecks.IsCard(number);

    /// <summary>Whether a value by this name is a secret, whatever it looks like.</summary>
    public bool IsSecret(string name) => kinds.HasFlag(Redactions.Key) && SecretName().IsMatch(name);

    /// <summary>What looks like one may be a word before it, or have the next one at its end.</summary>
    private static string ReplaceIbans(string text)
    {
        var (result, written) = (new StringBuilder(), 0);
        for (var match = Ibans().Match(text); match.Success;)
        {
            var length = NumberChecks.IbanLength(match.Value);
            if (length > 0)
            {
                result.Append(text, written, match.Index - written).Append("[iban]");
                written = match.Index + length;
            }

            match = Ibans().Match(text, match.Index + Math.Max(1, length));
        }

        return written == 0 ? text : result.Append(text, written, text.Length - written).ToString();
    }

    /// <summary>Enough digits, and no date.</summary>
    private static string Phone(string before, string found)
    {
        var number = found.AsSpan(before.Length);
        return found.Count(char.IsAsciiDigit) >= LeastDigitsOfPhone && !Dates().IsMatch(number) ? before + "[phone]" : found;
    }

    /// <summary>Upper and lower case and digits in one long word.</summary>
    private static bool IsRandom(string word) => word.Any(char.IsAsciiDigit) && word.Any(char.IsAsciiLetterUpper) && word.Any(char.IsAsciiLetterLower);

    [GeneratedRegex("-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(-----END [A-Z ]*PRIVATE KEY-----)?", Linear)]
    private static partial Regex PrivateKeys();

    /// <summary>A secret that is named: "api_key = …", "password: …".</summary>
    [GeneratedRegex($$"""(?<before>\b{{SecretNames}}["']?\s{0,3}[:=]\s{0,3}["']?)[^\s"',;]{6,}""", Linear | RegexOptions.IgnoreCase)]
    private static partial Regex Named();

    /// <summary>The name of a member that holds one: "password", "clientSecret".</summary>
    [GeneratedRegex($"{SecretNames}$", Linear | RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();

    /// <summary>Keys of well-known makers, and JSON web tokens.</summary>
    [GeneratedRegex(@"\b(?:(?:sk|pk|rk|gw|whsec|glpat|xox[abeoprs]|hf|gsk|r8|pplx|npm|pypi|dop_v1|shpat|SG)[-_.][A-Za-z0-9_.\-]{12,}|gh[opsur]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|(?:AKIA|ASIA)[A-Z0-9]{16}|AIza[A-Za-z0-9_\-]{30,}|eyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{8,}(?:\.[A-Za-z0-9_\-]*)?)", Linear)]
    private static partial Regex Prefixed();

    [GeneratedRegex(@"\b[A-Za-z0-9_\-]{32,}", Linear)]
    private static partial Regex Words();

    [GeneratedRegex(@"[\p{L}\p{N}._%+\-]+@[\p{L}\p{N}\-]+(?:\.[\p{L}\p{N}\-]+)*\.\p{L}{2,}", Linear)]
    private static partial Regex Emails();

    [GeneratedRegex("\\b[A-Za-z]{2}[0-9]{2}(?: ?[A-Za-z0-9]){11,30}", Linear)]
    private static partial Regex Ibans();

    [GeneratedRegex(@"\b[0-9](?:[ \-]?[0-9]){12,}\b", Linear)]
    private static partial Regex Cards();

    /// <summary>With a country's prefix, with a leading 0, or in groups as in North America.</summary>
    [GeneratedRegex(@"(?<before>^|[^\p{L}\p{N}.,:\-+])(?:(?:\+|00)[0-9]{1,3}(?:[ .\-/()]{0,3}[0-9]){6,13}|\(?0[0-9]{1,5}\)?(?:[ .\-/]{0,2}[0-9]){5,11}|\(?[0-9]{3}\)?[ .\-][0-9]{3}[ .\-][0-9]{4})\b", Linear)]
    private static partial Regex Phones();

    [GeneratedRegex(@"^[0-9]{1,2}[.\-/][0-9]{1,2}[.\-/][0-9]{2,4}", Linear)]
    private static partial Regex Dates();
}

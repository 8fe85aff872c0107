using System.Text.RegularExpressions;

namespace Gateflow.Core.Replay;

/// <summary>Tells answers that refuse to do what was asked.</summary>
public static partial class Refusals
{
    /// <summary>Characters of an answer's beginning in which a refusal is sought: later ones are part of an answer.</summary>
    private const int Opening = 240;

    /// <summary>
    /// True when the API says so, or when the text begins with one of the phrases by which models refuse, in English, German, French or Spanish.
    /// Refusals in other words go unnoticed, on both sides alike.
    /// </summary>
    public static bool Is(ReplayAnswer answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return answer.Refused || (answer is { CallsTools: false, Text: { Length: > 0 } text } && Phrases().IsMatch((text.Length > Opening ? text[..Opening] : text).Replace('’', '\'')));
    }

    [GeneratedRegex(
        @"^\W*((i'm|i am)\s+(really\s+|very\s+|so\s+)?sorry|i apologi[sz]e|sorry|unfortunately|as an ai( language model| assistant)?|tut mir leid|es tut mir leid|leider|(je suis )?désolée?|lo siento|lamentablemente)?[\s,.:;!-]*(but\s+|aber\s+|mais\s+|pero\s+)?((i)\s+(can't|cannot|can not|won't|will not|am unable to|am not able to|don't feel comfortable|do not feel comfortable|must decline|have to decline|don't think it would be appropriate)|i'm\s+(unable to|not able to|not comfortable)|ich kann (dir |ihnen |dabei |das |diese[rs]? )*(leider )?nicht|je ne peux pas|no puedo)\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Phrases();
}

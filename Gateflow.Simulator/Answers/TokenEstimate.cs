namespace Gateflow.Simulator.Answers;

/// <summary>
/// Tokens as the simulator counts them: one for every four characters (UTF-16 units) begun, the rule of thumb that OpenAI gives
/// for English. A message costs four more, a request three more, an image 85. Billing in tests needs stable numbers, not exact ones.
/// </summary>
internal static class TokenEstimate
{
    public const int CharsPerToken = 4;
    public const int PerMessage = 4;
    public const int PerRequest = 3;
    public const int PerImage = 85;

    public static int Of(int chars) => (chars + CharsPerToken - 1) / CharsPerToken;

    public static int Of(ReadOnlySpan<char> text) => Of(text.Length);

    /// <summary>The first <paramref name="tokens"/> tokens of a text; never half a character.</summary>
    public static string Cut(string text, int tokens)
    {
        var chars = (long)tokens * CharsPerToken;
        return chars >= text.Length ? text : text[..WholeCharacters(text, (int)chars)];
    }

    /// <summary>The end moved back when it would split a surrogate pair.</summary>
    public static int WholeCharacters(ReadOnlySpan<char> text, int end) =>
        end > 0 && end < text.Length && char.IsHighSurrogate(text[end - 1]) ? end - 1 : end;
}

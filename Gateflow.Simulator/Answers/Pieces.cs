namespace Gateflow.Simulator.Answers;

/// <summary>Cuts a text as models send it: a word with the space before it, at most <see cref="Longest"/> characters.</summary>
internal static class Pieces
{
    private const int Longest = 16;

    /// <summary>As many whole pieces as make at least <paramref name="least"/> characters, or all that is left.</summary>
    public static ReadOnlySpan<char> Several(ReadOnlySpan<char> rest, int least)
    {
        var end = 0;
        while (end < least && end < rest.Length)
        {
            end += Next(rest[end..]).Length;
        }

        return rest[..end];
    }

    /// <param name="rest">Not empty.</param>
    public static ReadOnlySpan<char> Next(ReadOnlySpan<char> rest)
    {
        var end = 0;
        var most = Math.Min(Longest, rest.Length);
        while (end < most && char.IsWhiteSpace(rest[end]))
        {
            end++;
        }

        while (end < most && !char.IsWhiteSpace(rest[end]))
        {
            end++;
        }

        return rest[..Math.Max(1, TokenEstimate.WholeCharacters(rest, end))];
    }
}

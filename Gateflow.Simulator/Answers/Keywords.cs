namespace Gateflow.Simulator.Answers;

/// <summary>The words of a prompt that an answer should come back to.</summary>
internal static class Keywords
{
    private const int Most = 12;

    private static readonly HashSet<string> Common = new(StringComparer.OrdinalIgnoreCase)
    {
        "about", "after", "also", "because", "been", "before", "being", "between", "could", "does", "each", "explain", "from",
        "give", "have", "here", "into", "just", "like", "make", "many", "more", "most", "much", "need", "only", "other", "over",
        "please", "should", "some", "such", "than", "that", "their", "them", "then", "there", "these", "they", "this", "those",
        "through", "very", "want", "were", "what", "when", "where", "which", "while", "will", "with", "would", "write", "your",
    };

    public static List<string> Of(string prompt)
    {
        var words = new List<string>();
        foreach (var range in prompt.AsSpan().SplitAny(" \t\r\n.,;:!?\"()[]{}<>/\\|=*`"))
        {
            var word = prompt[range].Trim('\'', '-', '_');
            if (word.Length is >= 4 and <= 24 && !Common.Contains(word) && !words.Contains(word, StringComparer.OrdinalIgnoreCase))
            {
                words.Add(word);
                if (words.Count == Most)
                {
                    break;
                }
            }
        }

        return words;
    }
}

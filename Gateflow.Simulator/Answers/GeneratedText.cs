using System.Text;
using Gateflow.Simulator.Behaviours;

namespace Gateflow.Simulator.Answers;

/// <summary>
/// Text from a hash of model and prompt. The prompt decides length, sentences and words; the model changes about one word in
/// ten, the opening and sometimes the end: two models answer the same prompt alike but not equally.
/// </summary>
internal static class GeneratedText
{
    private const double OwnWord = 0.1;
    private const int SentencesPerParagraph = 4;
    private static readonly int[] Steps = [1, 3, 5, 9, 11, 13];

    public static string Write(ModelEntry model, string prompt, int choice) =>
        Write(model, prompt, Keywords.Of(prompt), choice);

    /// <summary>A well-formed answer to another question.</summary>
    public static string OffTopic(ModelEntry model, string prompt) =>
        Write(model, prompt + "\0off topic", ["weather", "gardening", "holidays", "recipes"], 0);

    /// <summary>What the model thinks before it answers.</summary>
    public static string Thought(ModelEntry model, string prompt, int mostTokens) =>
        TokenEstimate.Cut(Write(model, prompt + "\0thought", Keywords.Of(prompt), 0), mostTokens);

    private static string Write(ModelEntry model, string prompt, List<string> keywords, int choice)
    {
        var asked = StableHash.Of(prompt, (ulong)choice);
        var common = new Sequence(asked);
        var own = new Sequence(StableHash.Of(model.Id, asked));
        var chars = TokenEstimate.CharsPerToken * Tokens(model.Behaviour, common.Unit(), own.Unit());
        var words = new Words(keywords.Count > 0 ? keywords : Lexicon.Nouns, common, own);

        // A step that shares no factor with the count visits every pattern before it repeats one.
        var first = common.Below(Lexicon.Patterns.Length);
        var step = common.Of(Steps);

        var text = new StringBuilder(chars + 200);
        text.Append(own.Of(Lexicon.Openers)).Append(' ');
        for (var sentence = 0; text.Length < chars; sentence++)
        {
            if (sentence > 0)
            {
                text.Append(sentence % SentencesPerParagraph == 0 ? "\n\n" : " ");
            }

            var start = text.Length;
            Fill(text, Lexicon.Patterns[(first + (sentence * step)) % Lexicon.Patterns.Length], words);
            text[start] = sentence > 0 ? char.ToUpperInvariant(text[start]) : text[start];
        }

        return text.Append(' ').Append((own.Unit() < 0.5 ? own : common).Of(Lexicon.Closers)).ToString();
    }

    // Skewed to short answers, as real ones are; the model's own share moves the length by at most 4 %.
    private static int Tokens(ModelBehaviour behaviour, double common, double own)
    {
        var span = behaviour.MaxAnswerTokens - behaviour.MinAnswerTokens;
        var tokens = behaviour.MinAnswerTokens + (span * Math.Pow(common, 1.5));
        return (int)Math.Clamp(tokens * (0.96 + (0.08 * own)), behaviour.MinAnswerTokens, behaviour.MaxAnswerTokens);
    }

    private static void Fill(StringBuilder text, string pattern, Words words)
    {
        var rest = pattern.AsSpan();
        for (var slot = rest.IndexOf('{'); slot >= 0; slot = rest.IndexOf('{'))
        {
            text.Append(rest[..slot]).Append(words.For(rest[slot + 1]));
            rest = rest[(slot + 3)..];
        }

        text.Append(rest);
    }

    private sealed class Words(IReadOnlyList<string> keywords, Sequence common, Sequence own)
    {
        public string For(char slot)
        {
            var list = slot switch
            {
                'k' => keywords,
                'n' => Lexicon.Nouns,
                'a' => Lexicon.Adjectives,
                'v' => Lexicon.Verbs,
                _ => Lexicon.Links,
            };
            var index = common.Below(list.Count);
            return own.Unit() < OwnWord ? list[own.Below(list.Count)] : list[index];
        }
    }
}

using System.Text;
using System.Text.Json;
using Gateflow.Core.Quality;
using Gateflow.Gateway.Providers;

namespace Gateflow.Gateway.Quality;

/// <summary>What can be said of an answer's quality at once, without another model: all parts but a demanded format on a migration's arm.</summary>
internal static class AnswerQuality
{
    private const int Opening = 64;

    private static readonly string[] Refusals =
    [
        "i'm sorry, but i can't", "i'm sorry, but i cannot", "i'm sorry, i can't", "i'm sorry, i cannot", "sorry, but i can't", "sorry, i can't", "i can't help with", "i can't assist",
        "i cannot help with", "i cannot assist", "i'm unable to help", "i am unable to help", "i'm unable to assist", "i am unable to assist", "i won't be able to help",
        "as an ai language model, i can't", "as an ai language model, i cannot",
    ];

    /// <summary>The parts; none when the answer was not seen whole.</summary>
    public static AnswerParts Of(AnswerFacts facts, bool seenWhole)
    {
        var parts = default(AnswerParts);
        if (!seenWhole)
        {
            return parts;
        }

        parts.Set(QualityPart.Answered, facts.IsEmpty ? 0 : 1);
        parts.Set(QualityPart.Complete, facts.Finish == Finish.Length ? 0 : 1);
        parts.Set(QualityPart.NotRefused, facts.Refused || facts.Finish == Finish.ContentFilter || (!facts.HasToolCalls && OpensAsRefusal(facts.Content)) ? 0 : 1);
        return parts;
    }

    /// <summary>Whether the text that was kept is JSON; NaN when it is not known.</summary>
    public static double Json(AnswerFacts facts)
    {
        if (facts.HasToolCalls || facts.ContentOverflow)
        {
            return double.NaN;
        }

        var reader = new Utf8JsonReader(facts.Content);
        try
        {
            while (reader.Read())
            {
                // only whether it can be read matters
            }

            return 1;
        }
        catch (JsonException)
        {
            return 0;
        }
    }

    /// <summary>The phrases with which models refuse in English; other languages go unnoticed on both arms alike.</summary>
    private static bool OpensAsRefusal(ReadOnlySpan<byte> text)
    {
        Span<char> opening = stackalloc char[Opening];
        Encoding.UTF8.TryGetChars(text[..Math.Min(text.Length, Opening)], opening, out var length);
        opening = opening[..length];
        opening.Replace('’', '\'');
        foreach (var phrase in Refusals)
        {
            if (((ReadOnlySpan<char>)opening).TrimStart().StartsWith(phrase, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}

using System.Text.Json;
using Gateflow.Gateway.Providers;

namespace Gateflow.Gateway.Usage;

/// <summary>What can be said of an answer's quality without another model.</summary>
internal static class AnswerQuality
{
    /// <summary>0 when empty, or no valid JSON where JSON was demanded; 0.5 when cut off by its length; else 1. NaN when it was not seen whole.</summary>
    public static double Of(AnswerFacts facts, bool wantsJson, bool seenWhole)
    {
        if (!seenWhole)
        {
            return double.NaN;
        }

        if (facts.IsEmpty)
        {
            return 0;
        }

        if (facts.Finish == Finish.Length)
        {
            return 0.5;
        }

        return wantsJson && !facts.HasToolCalls && !facts.ContentOverflow && !IsJson(facts.Content) ? 0 : 1;
    }

    private static bool IsJson(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text);
        try
        {
            while (reader.Read())
            {
                // only whether it can be read matters
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}

using System.Text.Json;
using Gateflow.Gateway.Providers;

namespace Gateflow.Gateway.Relay;

/// <summary>Reads a JSON object of which only the beginning or the end is at hand.</summary>
internal static class LongAnswer
{
    private const int MaxTries = 16;

    /// <summary>Where the value of the object's own <c>model</c> stands, quotes included; null when it is not in the beginning.</summary>
    public static Range? FindModel(ReadOnlySpan<byte> beginning)
    {
        var reader = new Utf8JsonReader(beginning, isFinalBlock: false, default);
        try
        {
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isModel = reader.ValueTextEquals("model"u8);
                if (!reader.Read())
                {
                    return null;
                }

                if (isModel)
                {
                    return reader.TokenType == JsonTokenType.String ? (int)reader.TokenStartIndex..(int)reader.BytesConsumed : null;
                }

                if (!reader.TrySkip())
                {
                    return null;
                }
            }

            return null;
        }
        catch (JsonException)
        {
            return null; // no JSON, or not of this kind: passed on as it is
        }
    }

    /// <summary>
    /// Takes the tokens from the end of an answer, and finds its model there. Members from some place on belong to the object itself if, and only if,
    /// they and its closing brace make an object of their own.
    /// </summary>
    public static (int Start, int End)? ReadEnd(ReadOnlySpan<byte> end, IProviderAdapter adapter, AnswerFacts facts)
    {
        var at = 0;
        for (var tries = 0; tries < MaxTries; tries++)
        {
            var (usage, model) = (end[at..].IndexOf("\"usage\""u8), end[at..].IndexOf("\"model\""u8));
            var next = usage < 0 ? model : model < 0 ? usage : Math.Min(usage, model);
            if (next < 0)
            {
                return null;
            }

            at += next;
            using var found = new AnswerFacts(keepContent: false);
            if (adapter.TryRead([(byte)'{', .. end[at..]], found, out var marks))
            {
                facts.TakeUsage(found);
                return marks.HasModel ? (at - 1 + marks.ModelStart, at - 1 + marks.ModelStart + marks.ModelLength) : null;
            }

            at++;
        }

        return null;
    }
}

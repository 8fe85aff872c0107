using System.Text;
using System.Text.Json;
using Gateflow.Simulator.Answers;

namespace Gateflow.Simulator.OpenAI;

/// <summary>Log probabilities of a text as OpenAI tells them: made up from the text, the same for the same text.</summary>
internal static class Logprobs
{
    /// <summary>Writes the property <c>logprobs</c>; null when they were not asked for.</summary>
    /// <param name="json">In a choice.</param>
    /// <param name="text">The text of the choice, or a piece of it.</param>
    /// <param name="top">Alternatives wanted for each token; null when log probabilities were not asked for.</param>
    public static void Write(Utf8JsonWriter json, ReadOnlySpan<char> text, int? top)
    {
        if (top is null || text.IsEmpty)
        {
            json.WriteNull("logprobs");
            return;
        }

        json.WriteStartObject("logprobs");
        json.WriteStartArray("content");
        while (!text.IsEmpty)
        {
            var token = Pieces.Next(text);
            json.WriteStartObject();
            Token(json, token.ToString(), Probability(token));
            json.WriteStartArray("top_logprobs");
            for (var i = 0; i < top; i++)
            {
                json.WriteStartObject();
                Token(json, i == 0 ? token.ToString() : $"{token}{i}", Probability(token) - i);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
            text = text[token.Length..];
        }

        json.WriteEndArray();
        json.WriteNull("refusal");
        json.WriteEndObject();
    }

    private static double Probability(ReadOnlySpan<char> token) => -(double)(StableHash.Of(token.ToString()) % 1000) / 1000;

    private static void Token(Utf8JsonWriter json, string token, double probability)
    {
        json.WriteString("token", token);
        json.WriteNumber("logprob", probability);
        json.WriteStartArray("bytes");
        foreach (var b in Encoding.UTF8.GetBytes(token))
        {
            json.WriteNumberValue(b);
        }

        json.WriteEndArray();
    }
}

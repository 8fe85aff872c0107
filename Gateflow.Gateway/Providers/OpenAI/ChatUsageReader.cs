using System.Text.Json;

namespace Gateflow.Gateway.Providers.OpenAI;

/// <summary>
/// Reads <c>usage {prompt_tokens, completion_tokens, prompt_tokens_details{cached_tokens, cache_write_tokens}, completion_tokens_details{reasoning_tokens}}</c>,
/// where responses say input for prompt and output for completion.
/// </summary>
internal static class ChatUsageReader
{
    /// <summary>Reads the value at which the reader stands, whole; false when it is no object.</summary>
    public static bool Read(ref Utf8JsonReader reader, AnswerFacts facts)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return false;
        }

        int? input = null, output = null, total = null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (reader.ValueTextEquals("prompt_tokens"u8) || reader.ValueTextEquals("input_tokens"u8))
            {
                input = facts.InputTokens = Count(ref reader);
                facts.HasUsage = true;
            }
            else if (reader.ValueTextEquals("completion_tokens"u8) || reader.ValueTextEquals("output_tokens"u8))
            {
                output = Count(ref reader);
                facts.HasUsage = true;
            }
            else if (reader.ValueTextEquals("total_tokens"u8))
            {
                total = Count(ref reader);
            }
            else if (reader.ValueTextEquals("prompt_tokens_details"u8) || reader.ValueTextEquals("input_tokens_details"u8))
            {
                reader.Read();
                var again = reader;
                (facts.CachedTokens, facts.CacheWrittenTokens) = (Detail(ref again, "cached_tokens"u8), Detail(ref reader, "cache_write_tokens"u8));
            }
            else if (reader.ValueTextEquals("completion_tokens_details"u8) || reader.ValueTextEquals("output_tokens_details"u8))
            {
                reader.Read();
                facts.ReasoningTokens = Detail(ref reader, "reasoning_tokens"u8);
            }
            else
            {
                reader.Read();
            }

            reader.Skip();
        }

        facts.OutputTokens = Output(input, output, total) ?? facts.OutputTokens;
        return true;
    }

    /// <summary>Tokens of the answer, thoughts included, which some (xAI, Gemini) count in <c>total_tokens</c> alone.</summary>
    public static int? Output(int? input, int? output, int? total) => total - input > output ? total - input : output;

    private static int Detail(ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        var count = 0;
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
            {
                if (reader.ValueTextEquals(name))
                {
                    count = Count(ref reader);
                }
                else
                {
                    reader.Read();
                }

                reader.Skip();
            }
        }

        return count;
    }

    private static int Count(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var count) && count >= 0 ? count : 0;
    }
}
